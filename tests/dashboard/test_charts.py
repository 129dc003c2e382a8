import json

import numpy as np
import pytest

from townsquare.dashboard import charts
from townsquare.dashboard.phases import phases_of


def text_of(chart):
    return json.dumps(chart.to_dict(), ensure_ascii=False)


@pytest.mark.parametrize(
    ("draw", "title", "axes"),
    [
        (charts.inequality, "Inequality", ["Gini (0 = even, 1 = one takes all)"]),
        (charts.homogenisation, "Homogenisation", ["mean Jaccard of two users"]),
        (charts.quality, "Quality", ["mean quality, ln(1 + likes)"]),
        (charts.spread, "Polarisation", ["distance in latent space"]),
        (charts.life_cycle, "Life cycle", ["likes a tick", "cosine, −1 to 1", "share, 0 to 1"]),
    ],
)
def test_title_axes_and_paper(run, draw, title, axes):
    spec = draw(run.measures()).to_dict()
    assert spec["title"]["text"].startswith(title)
    assert spec["background"] == "white"
    for axis in [*axes, "tick"]:
        assert f'"title": "{axis}"' in json.dumps(spec, ensure_ascii=False)
    assert "tooltip" not in json.dumps(spec)


def test_life_cycle_has_three_panels_and_names_the_phases_once(run, rows_of):
    spec = charts.life_cycle(run.measures(), phases_of(run.measures())).to_dict()
    assert [panel["title"]["text"] for panel in spec["vconcat"]] == [
        "Likes per user",
        "Click cosine",
        "Users in training",
    ]
    names = [row["name"] for row in rows_of(spec) if "name" in row]
    assert sorted(names) == ["decline", "growth", "maturity", "start-up"]


def test_inequality_stands_side_by_side(run):
    spec = charts.inequality(run.measures()).to_dict()
    assert [panel["title"]["text"] for panel in spec["vconcat"][0]["hconcat"]] == ["Over articles", "Over creators"]


def test_a_gap_stays_a_gap(run, rows_of):
    spec = charts.spread(run.measures()).to_dict()
    nulls = [row for row in rows_of(spec) if row.get("value", 0) is None]
    assert {row["tick"] for row in nulls} == {0}


def test_a_style_keeps_its_meaning_when_another_measure_is_missing(measured):
    alone = text_of(charts.quality(measured({"quality_liked": [1, 2]})))
    assert '"color": "#009E73"' in alone
    assert '"triangle-up"' in alone


def test_overlay_names_both_arms_in_every_panel(run, control, rows_of):
    spec = charts.overlay(run.measures(), control.measures()).to_dict()
    panels = [panel for row in spec["vconcat"] for panel in row["hconcat"]]
    assert len(panels) == 6
    names = {row["name"] for row in rows_of(spec) if "name" in row}
    assert names == {"this run", "control"}


def test_differences_share_a_scale_only_within_a_unit(comparison, rows_of):
    rows = [
        {"measure": r["measure"], "difference": r["difference"], "low": r["interval"][0], "high": r["interval"][1]}
        for r in comparison
    ]
    spec = charts.differences(rows).to_dict()
    assert len(spec["vconcat"]) == 3
    assert '"title": "difference (likes a tick)"' in json.dumps(spec)
    told = {row["label"]: (row["told"], row["clear"]) for row in rows_of(spec) if "told" in row}
    assert told["Likes per user"] == ("−0.140  [−0.210, −0.070]", True)
    assert told["Quality and likes"] == ("−0.030  [−0.090, 0.030]", False)


def test_differences_without_an_interval_are_not_clear(rows_of):
    nan = float("nan")
    rows = [
        {"measure": "likes_per_user", "difference": 1.0, "low": nan, "high": nan},
        {"measure": "jaccard_click", "difference": nan, "low": nan, "high": nan},
    ]
    spec = charts.differences(rows).to_dict()
    drawn = [row for row in rows_of(spec) if "told" in row]
    assert [(row["label"], row["told"], row["clear"]) for row in drawn] == [("Likes per user", "+1.00  [–, –]", False)]


def test_measured_wants_a_finite_value(measured):
    table = measured({"likes_per_user": [np.nan], "cosine_click": [np.inf], "jaccard_like": [0.0]})
    assert charts.measured(table, ["likes_per_user", "cosine_click", "jaccard_like", "absent"]) == ["jaccard_like"]
