"""The page Network: ties, communities, seeds and cascades, and what it says where there are none."""

from pathlib import Path

import pytest

import townsquare as ts
from tests.view.town_square import CAMPAIGN
from tests.view.towns import HOSTILE, marked, page, told


@pytest.fixture(scope="module")
def root(town_runs: Path) -> Path:
    ts.run("campaign", seed=3, set={**CAMPAIGN, "members.count": 400, "ticks": 1}, out=town_runs / "crowd")
    return town_runs


def test_who_follows_whom_in_a_campaign(root: Path) -> None:
    opened = page("network", run="campaign", tick=3)
    assert not opened.exception
    facts = {one.label: one.value for one in opened.metric}
    assert facts["Agents with ties, of 62"] == "60"
    assert facts["Ties"] == "600"
    assert opened.query_params["ties"] == "follows"
    table = opened.dataframe[0].value
    assert table["members"].sum() == 60
    assert table["of them: first audience (seeds)"].sum() == 5
    assert "Drawn: all 60 agents with ties" in told(opened)
    assert "2 persuaders push their posts to a first audience of 5 members" in told(opened)


def test_another_kind_of_tie_and_another_picture() -> None:
    opened = page("network", run="campaign", ties="like", draw="communities")
    assert not opened.exception
    assert opened.query_params["ties"] == "like"
    assert "Ties: ticks 0 to 3." in told(opened)
    assert "communities with the number of their members" in told(opened)
    again = page("network", run="campaign", ties="nonsense", draw="nonsense")
    assert not again.exception
    assert again.query_params["ties"] == "follows"


def test_a_crowd_is_drawn_by_community_and_says_so() -> None:
    opened = page("network", run="crowd")
    assert not opened.exception
    assert opened.query_params["draw"] == "communities"
    assert "lines are the ties between them" in told(opened)
    some = page("network", run="crowd", draw="agents")
    assert "Drawn: the 250 of 400 agents with most ties" in told(some)


def test_a_cascade_and_a_way_to_its_causes() -> None:
    opened = page("network", run="campaign")
    sizes = opened.dataframe[2].value
    assert {"root", "posts", "depth", "authors"} <= set(sizes.columns)
    assert f"all {sizes['posts'].iloc[0]} posts" in told(opened)


@pytest.mark.parametrize("run", ["news", "team", "network", "shop"])
def test_every_kind_of_town_opens(run: str) -> None:
    opened = page("network", run=run)
    assert not opened.exception
    assert not opened.error
    if run == "shop":
        assert "Nobody has such a tie" in told(opened) or "nobody follows" in told(opened)


def test_what_a_hostile_run_holds_is_never_markup() -> None:
    opened = page("network", run="hostile")
    assert not opened.exception
    assert HOSTILE[:8] not in marked(opened)
