"""Verdicts, what waits, and why, held against the events of towns that moderate."""

from pathlib import Path

import pytest

from townsquare.runs import open_run
from townsquare.view import moderation_queries as asked


@pytest.fixture(scope="module")
def root(town_runs: Path) -> Path:
    return town_runs


def test_verdicts_and_what_took_an_item_out(root: Path) -> None:
    run = open_run(root / "team")
    events = run.events(kinds=["verdict"])
    said = asked.verdicts(run, run.ticks())
    assert said["item"].tolist() == events["item"].tolist()
    assert said["verdict"].tolist() == events["why"].astype(str).tolist()
    assert (said["verdict"] == "remove").any()
    one = int(said["item"].iloc[0])
    assert set(asked.verdicts(run, run.ticks(), [one])["item"]) == {one}
    out = asked.kept_back(run, 2)
    removed = events[(events["why"] == "remove") & (events["tick"] <= 2)]
    assert sorted(out["item"]) == sorted(removed["item"])
    counted = asked.actions(said)
    assert counted.drop(columns="tick").to_numpy().sum() == len(said)


def test_what_is_disputed_waits_until_somebody_looks(root: Path) -> None:
    run = open_run(root / "team")
    disputed = run.events(kinds=["dispute"])
    waiting = asked.queue(run, 1)
    seen = set(asked.verdicts(run, range(2))["item"])
    early = disputed[disputed["tick"] <= 1]
    assert set(waiting["item"]) == set(early["item"]) - seen
    first = waiting.iloc[0]
    assert first["disputes"] == (early["item"] == first["item"]).sum()
    assert first["disputes"] == waiting["disputes"].max()
    assert (waiting["waits"] == "disputed, and nobody has looked at it").all()


def test_a_group_says_why(root: Path) -> None:
    run = open_run(root / "team")
    why = asked.reasons(run, run.ticks())
    said = asked.verdicts(run, run.ticks())
    assert set(why) == set(said["item"])
    for row in said.to_dict("records"):
        tick, _, words = why[row["item"]]
        assert tick == row["tick"]
        assert words.startswith("false" if row["verdict"] == "remove" else "true"), (row, words)


def test_a_campaign_has_verdicts_without_reasons(root: Path) -> None:
    run = open_run(root / "campaign")
    said = asked.verdicts(run, run.ticks())
    assert len(said) == len(run.events(kinds=["verdict"])) > 0
    assert asked.reasons(run, run.ticks()) == {}
    assert asked.window_of(run) == 5
    assert asked.queue(run, 3).empty


def test_a_town_without_moderators(root: Path) -> None:
    run = open_run(root / "news")
    assert asked.verdicts(run, run.ticks()).empty
    assert asked.queue(run, 3).empty
    assert asked.kept_back(run, 3).empty
    assert asked.actions(asked.verdicts(run, run.ticks())).empty
