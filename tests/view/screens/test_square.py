"""The town square as it opens, plays, and says what it cannot show."""

from itertools import pairwise
from pathlib import Path

import pytest

from tests.view.towns import HOSTILE, marked, page, told


def test_the_map_of_a_news_town_at_the_tick_of_the_address() -> None:
    opened = page("square", run="news", tick=2)
    assert not opened.exception
    facts = {one.label: one.value for one in opened.metric}
    assert facts["Tick"] == "2"
    assert int(facts["Readers in the loop"]) + int(facts["Readers out of it"]) == 40
    assert "all 4 ticks whose positions were kept" in told(opened)
    assert "all 40 readers" in told(opened)
    assert opened.select_slider(key="square-frame").options == ["0", "1", "2", "3"]


def test_the_slider_moves_and_the_address_follows() -> None:
    opened = page("square", run="news", tick=2)
    opened.select_slider(key="square-frame").set_value(1).run()
    assert {one.label: one.value for one in opened.metric}["Tick"] == "1"
    assert opened.query_params["tick"] == "1"


def test_playing_goes_on_tick_by_tick_and_begins_again() -> None:
    opened = page("square", run="news", tick=3)
    opened.toggle(key="square-play").set_value(True).run()
    ticks = [opened.metric[0].value]
    for _ in range(4):
        opened.run()
        ticks.append(opened.metric[0].value)
    steps = [(int(b) - int(a)) % 4 for a, b in pairwise(ticks)]
    assert set(steps) == {1}, ticks


@pytest.mark.parametrize("run", ["campaign", "network"])
def test_opinions_where_people_have_them(run: str) -> None:
    opened = page("square", run=run, tick=1)
    assert not opened.exception
    facts = {one.label: one.value for one in opened.metric}
    assert facts["Who have an opinion"] == "60"
    assert "On: The" in told(opened)
    assert "Every tick is there" in told(opened)


def test_a_town_without_either_says_so() -> None:
    opened = page("square", run="shop")
    assert not opened.exception
    assert "neither a place nor an opinion" in told(opened)


def test_what_a_hostile_run_holds_is_never_markup() -> None:
    opened = page("square", run="hostile")
    assert not opened.exception
    assert HOSTILE[:8] not in marked(opened)


def test_a_folder_without_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWNSQUARE_VIEW_ROOT", str(tmp_path))
    opened = page("square")
    assert not opened.exception
    assert "no run here yet" in told(opened)
