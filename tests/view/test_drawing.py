"""Charts on a page."""

import json

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from townsquare.dashboard import figures
from townsquare.dashboard.phases import phases_of

SOURCE = """
import pandas as pd
from townsquare.dashboard import figures
from townsquare.view import drawing

measures = pd.DataFrame(
    {"tick": range(12), "measure": "likes_per_user", "group": "", "value": [n / 4 for n in range(12)]}
)
for draw in figures.drawings(measures, ()).values():
    drawing.figure(draw())
drawing.chart(measures[["tick", "value"]], x="tick", y="value", title="likes")
drawing.facts({"One": "1", "Two": "<b>2</b>", "Three": "3", "Four": "4", "Five": "5"})
"""


@pytest.fixture(scope="module")
def opened() -> AppTest:
    return AppTest.from_string(SOURCE, default_timeout=60).run()


def test_a_figure_of_the_report_with_its_numbers(opened: AppTest) -> None:
    assert not opened.exception
    assert [one.value for one in opened.subheader] == ["Life cycle: likes, match and coverage by tick"]
    spec = json.loads(opened.get("vega_lite_chart")[0].proto.spec)
    assert "title" not in spec  # the heading stands above
    assert spec["config"]["font"].startswith("Helvetica")
    assert opened.dataframe[0].value.columns.tolist() == ["tick", "Likes per user"]


def test_a_line_is_drawn_from_its_rows(opened: AppTest) -> None:
    chart = opened.get("vega_lite_chart")[1].proto
    spec = json.loads(chart.spec)
    assert spec["encoding"]["y"]["axis"]["title"] == "likes"
    assert opened.dataframe[1].value["value"].tolist() == [n / 4 for n in range(12)]


def test_every_table_can_be_taken_along(opened: AppTest) -> None:
    assert len(opened.get("download_button")) == len(opened.dataframe) == 2


def test_facts_are_never_markup(opened: AppTest) -> None:
    assert [one.value for one in opened.metric] == ["1", "<b>2</b>", "3", "4", "5"]
    assert not opened.markdown  # a metric takes none


def test_a_figure_is_drawn_only_when_it_is_asked_for() -> None:
    measures = pd.DataFrame({"tick": [0, 1], "measure": "quality_created", "group": "", "value": [1.0, 2.0]})
    found = figures.drawings(measures, phases_of(measures))
    assert list(found) == ["Quality of articles created, shown and liked"]
    assert found["Quality of articles created, shown and liked"]().table["Quality created"].tolist() == [1, 2]
