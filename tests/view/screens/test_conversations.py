"""Groups at work, and debates."""

from pathlib import Path

import pytest

import townsquare as ts
from tests.view.towns import NEWS, TEAM, page, told
from townsquare.protocols.debate import against
from townsquare.view import debates


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("runs")
    ts.run("team", set=TEAM, out=root / "team")
    ts.run("persuasion", set={"debates": 3, "control": 2}, out=root / "trial")
    ts.run("news", set={**NEWS, "ticks": 1}, out=root / "news")
    return root


def test_a_group_as_a_picture_and_a_transcript(root: Path) -> None:
    rows = ts.open_run(root / "team").conversations()
    tick, group = (int(rows[name].iloc[-1]) for name in ("tick", "group"))
    opened = page("conversations", run="team", tick=tick, group=group)
    assert not opened.exception
    mine = rows[(rows["tick"] == tick) & (rows["group"] == group)]
    assert opened.dataframe[0].value["step"].tolist() == mine["step"].tolist()
    assert {one.label: one.value for one in opened.metric}["Steps"] == str(len(mine))
    assert len(opened.get("image")) == 1
    assert (opened.query_params["tick"], opened.query_params["group"]) == (str(tick), str(group))


def test_a_debate_side_by_side_with_ratings(root: Path) -> None:
    run = ts.open_run(root / "trial")
    there = debates.listed(run)
    assert there["arm"].value_counts().to_dict() == dict.fromkeys(there["arm"].unique(), 3)
    number = int(there["debate"].iloc[4])
    found = debates.opened(run, number)
    assert found.people["side"].tolist() == ["pro", "con"]
    assert found.said["stage"].tolist() == ["opening"] * 2 + ["rebuttal"] * 2 + ["conclusion"] * 2
    for person in found.people.to_dict("records"):
        if person["moved"] == person["moved"]:
            side = 1 if person["side"] == "pro" else -1
            assert person["moved"] == against(person["after"], side) - against(person["before"], side)
    opened = page("conversations", run="trial", debate=number)
    assert not opened.exception
    shown = told(opened)
    assert found.topic in shown
    for text in found.said["text"]:
        assert text in shown


def test_the_arm_filters_the_debates() -> None:
    opened = page("conversations", run="trial", arm="human-ai")
    assert len(opened.selectbox[1].options) == len(opened.sidebar.selectbox) * 3
    assert all("(human-ai)" in option for option in opened.selectbox[1].options)
    assert opened.query_params["arm"] == "human-ai"


def test_nobody_talked() -> None:
    assert "Nobody talked here yet" in told(page("conversations", run="news"))
