"""Why: a sentence, its causes, its effects, and the fork without it."""

from pathlib import Path

import pytest

from tests.view.towns import HOSTILE, marked, page, told
from townsquare.runs import open_run
from townsquare.view import place, starting


def _liked(root: Path) -> dict[str, int]:
    """A like of the last tick on an item that the recommender chose."""
    run = open_run(root / "news")
    events = run.events(ticks=range(3, 4))
    chosen = events[(events["kind"] == "shown") & (events["why"] == "match")]
    likes = events[events["kind"] == "like"].merge(chosen[["agent", "item"]], on=["agent", "item"])
    return {"agent": int(likes["agent"].iloc[0]), "item": int(likes["item"].iloc[0]), "tick": 3}


def test_a_sentence_a_chain_and_what_came_of_it(root: Path) -> None:
    at = _liked(root)
    opened = page("why", run="news", **at)
    assert not opened.exception
    assert "the recommender chose it (score " in opened.subheader[0].value.replace("\\", "")
    words = told(opened)
    for step in ("1. Tick 3: the reader opened it, and liked it", "2. Tick 3: it lay before", "somebody published it"):
        assert step in words
    assert "What could be known then (ticks 0 to 2)" in words
    likes = open_run(root / "news").events(kinds=["like"])
    assert f"like {(likes['item'] == at['item']).sum()}" in words


def test_three_ways_in_which_it_would_not_have_been_shown(root: Path) -> None:
    at = _liked(root)
    opened = page("why", run="news", **at)
    how = opened.radio[0]
    assert how.options == ["Not shown to this reader", "Not shown to anybody", "The way closed by which it came"]
    assert f'--at 3 --set \'withheld=[{{"item" = {at["item"]}, "agent" = {at["agent"]}}}]\'' in told(opened)
    assert "from then on this reader's lists are without it" in told(opened)
    how.set_value(1).run()
    assert f"--at 3 --set 'withheld=[{{\"item\" = {at['item']}}}]' --out" in told(opened)
    opened.radio[0].set_value(2).run()
    assert "--at 3 --set 'recommender.name=\"random\"'" in told(opened)
    assert "from then on the recommender chooses at random" in told(opened)


@pytest.mark.slow
@pytest.mark.parametrize("way", [0, 1, 2])
def test_the_fork_without_it_is_started(root: Path, way: int) -> None:
    at = _liked(root)
    opened = page("why", run="news", **at)
    opened.radio[0].set_value(way).run()
    before = {one.run for one in starting.jobs(place.Root.given())}
    button = next(one for one in opened.button if one.label == "Start this fork")
    assert not button.disabled
    button.click().run()
    assert not opened.exception
    assert not opened.error
    (job,) = [one for one in starting.jobs(place.Root.given()) if one.run not in before]
    assert job.run.startswith("news-without-")
    assert job.process.wait(timeout=120) == 0
    fork = open_run(root / job.run)
    assert fork.info.parent is not None
    assert fork.info.parent.at == 3
    (change,) = fork.info.scenario["changes"]
    shown = fork.events(ticks=range(3, 4), kinds=["shown"]).query("item == @at['item']")["agent"].tolist()
    assert at["agent"] not in shown or way == 2
    assert bool(shown) is (way != 1)
    assert (
        change["set"]
        == [
            {"withheld": [{"item": at["item"], "agent": at["agent"]}]},
            {"withheld": [{"item": at["item"]}]},
            {"recommender.name": "random"},
        ][way]
    )


def test_a_dashboard_that_only_looks_starts_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWNSQUARE_VIEW_READ_ONLY", "1")
    opened = page("why", run="news", **_liked(root))
    assert next(one for one in opened.button if one.label == "Start this fork").disabled
    assert "townsquare fork" in told(opened)


@pytest.mark.parametrize("run", ["news", "team", "campaign", "network", "shop"])
def test_every_kind_of_town_opens(run: str) -> None:
    opened = page("why", run=run, agent=1)
    assert not opened.exception
    assert not opened.error


def test_an_author_and_what_it_wrote(root: Path) -> None:
    run = open_run(root / "news")
    item = int(run.events(ticks=range(0, 1), kinds=["post"])["item"].iloc[0])
    opened = page("why", run="news", agent=40, tick=0, item=item)
    assert not opened.exception
    assert "wrote t0" in opened.subheader[0].value.replace("\\", "")
    assert "Nobody put it before this agent at this tick, but others were shown it." in told(opened)
    assert opened.radio[0].options == ["Not shown to anybody"]
    assert f"--at 0 --set 'withheld=[{{\"item\" = {item}}}]'" in told(opened)


def test_what_a_hostile_run_holds_is_never_markup(root: Path) -> None:
    run = open_run(root / "hostile")
    who = int(run.events(kinds=["click"])["agent"].iloc[0])
    opened = page("why", run="hostile", agent=who)
    assert not opened.exception
    assert HOSTILE[:8] not in marked(opened)
    assert HOSTILE[:8] in told(opened)
