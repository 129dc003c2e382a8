"""The page Moderation: queue, verdicts with reasons, precision, and readers' own rules."""

import json
from pathlib import Path

import pytest

from tests.view.towns import HOSTILE, marked, page, told
from townsquare.runs import open_run
from townsquare.view import policies


@pytest.fixture(scope="module")
def root(town_runs: Path) -> Path:
    return town_runs


@pytest.fixture(autouse=True)
def _rooted(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWNSQUARE_VIEW_ROOT", str(root))


def test_a_team_and_what_it_concluded(root: Path) -> None:
    run = open_run(root / "team")
    opened = page("moderation", run="team")
    assert not opened.exception
    facts = {one.label: one.value for one in opened.metric}
    assert facts["Verdicts"] == str(len(run.events(kinds=["verdict"])))
    measures = run.measures()
    precision = measures[(measures["measure"] == "removal_precision") & (measures["tick"] == 4)]["value"].iloc[0]
    assert facts["Removed rightly"] == f"{precision:.0%}"
    verdicts = next(one.value for one in opened.dataframe if "because" in one.value)
    assert verdicts["because"].str.match("false|true").all()
    assert "authors of these towns cannot appeal" in told(opened)


def test_an_earlier_tick_and_a_verdict_of_the_address(root: Path) -> None:
    run = open_run(root / "team")
    events = run.events(kinds=["verdict"])
    item = int(events["item"].iloc[0])
    opened = page("moderation", run="team", tick=int(events["tick"].iloc[0]), item=item)
    assert f"Item {item}," in told(opened)
    assert opened.metric[0].value == str((events["tick"] <= events["tick"].iloc[0]).sum())


def test_a_moderator_that_gives_no_reasons_says_so() -> None:
    opened = page("moderation", run="campaign")
    assert not opened.exception
    assert "no reasons, and no places in the text" in told(opened)
    assert {one.label: one.value for one in opened.metric}["Removed rightly"] == "not known"


@pytest.mark.parametrize("run", ["news", "shop", "network"])
def test_a_town_without_moderators_says_so(run: str) -> None:
    opened = page("moderation", run=run)
    assert not opened.exception
    assert "moderat" in told(opened)
    assert "No reader of this run has rules of their own" in told(opened)


def test_a_reader_blocks_something_and_takes_it_back(root: Path) -> None:
    opened = page("moderation", run="network", reader="7")
    assert "This reader blocks nothing" in told(opened)
    opened.text_input[1].set_value("boasting")
    opened.text_input[2].set_value("praises itself")
    next(one for one in opened.button if one.label == "Block").click().run()
    assert not opened.exception
    assert not opened.error
    assert "block boasting: praises itself" in told(opened)
    kept = json.loads((root / "network" / "policies" / "7.json").read_text())
    assert [delta["op"] for delta in kept["deltas"]] == ["block"]
    next(one for one in opened.button if one.label == "Undo").click().run()
    assert "[taken back]" in told(opened)
    kept = json.loads((root / "network" / "policies" / "7.json").read_text())
    assert [delta["undone"] for delta in kept["deltas"]] == [True]
    assert any(one.label == "Redo" for one in opened.button)


def test_what_was_changed_elsewhere_meanwhile_is_looked_at_first(root: Path) -> None:
    opened = page("moderation", run="network", reader="8")
    other = policies.read(open_run(root / "network"), "8")
    other.rules.block("theirs", "so")  # type: ignore[union-attr]
    policies.save(open_run(root / "network"), other)
    opened.text_input[1].set_value("mine")
    opened.text_input[2].set_value("so")
    next(one for one in opened.button if one.label == "Block").click().run()
    assert any("changed elsewhere" in one.value for one in opened.error)
    kept = json.loads((root / "network" / "policies" / "8.json").read_text())
    assert [delta["target"] for delta in kept["deltas"]] == ["theirs"]


def test_a_dashboard_that_only_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWNSQUARE_VIEW_READ_ONLY", "1")
    opened = page("moderation", run="network", reader="9")
    assert not opened.exception
    assert "rules cannot be changed here" in told(opened)
    assert not [one for one in opened.button if one.label in ("Block", "Undo", "Redo")]


def test_what_a_hostile_run_holds_is_never_markup(root: Path) -> None:
    one = policies.read(open_run(root / "hostile"), "somebody")
    one.rules.block(HOSTILE, HOSTILE, [HOSTILE])  # type: ignore[union-attr]
    policies.save(open_run(root / "hostile"), one)
    opened = page("moderation", run="hostile", reader="somebody")
    assert not opened.exception
    assert HOSTILE[:8] not in marked(opened)
    assert HOSTILE[:8] in told(opened)
