"""Readers' own rules: kept whole, changed only by adding, refused when they are not what was seen."""

import json
from pathlib import Path

import pytest

import townsquare as ts
from tests.view.town_square import CAMPAIGN
from townsquare.protocols.errors import InputError
from townsquare.runs import Run
from townsquare.sim.preferences.graph import Concern, Facet, PreferenceGraph
from townsquare.sim.preferences.policy import Policy
from townsquare.view import policies


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return ts.run("campaign", seed=1, set={**CAMPAIGN, "ticks": 1}, out=tmp_path_factory.mktemp("runs") / "run")


def test_rules_are_kept_and_every_change_can_be_taken_back(run: Run) -> None:
    digest = run.digest()
    one = policies.read(run, "member-1")
    assert isinstance(one.rules, Policy)
    assert one.rules.categories() == {}
    one.rules.block("boasting", "praises itself", ["Nobody drives like me."])
    policies.save(run, one)
    again = policies.read(run, "member-1")
    assert isinstance(again.rules, Policy)
    assert again.rules.categories()["boasting"].status == "block"
    again.rules.undo(0)
    policies.save(run, again)
    third = policies.read(run, "member-1")
    assert isinstance(third.rules, Policy)
    assert third.rules.categories() == {}
    assert len(third.rules.log) == 1
    assert run.digest() == digest
    assert [path.name for path in policies.folder(run).iterdir()] == ["member-1.json"]


def test_a_graph_of_preferences_is_one(run: Run) -> None:
    graph = PreferenceGraph()
    graph.change("noise", "add", value=Concern(name="loud engines", words=("engine",)))
    graph.change("horns", "add", value=Facet(concern="noise", description="horns at night"))
    graph.change("horns", "strengthen", amount=0.2, author="agent")
    policies.save(run, policies.Kept("member-2", graph, ""))
    one = policies.read(run, "member-2")
    assert isinstance(one.rules, PreferenceGraph)
    assert one.rules.digest() == graph.digest()
    words = [policies.told(delta) for delta in one.rules.log]
    assert words == ["add noise: loud engines (weight 0.5)", "add horns: horns at night (weight 0.6)",
                     "strengthen horns by 0.2"]  # fmt: skip
    assert {kept.reader for kept in policies.kept(run)} >= {"member-2"}


def test_what_was_changed_elsewhere_is_not_written_over(run: Run) -> None:
    mine, theirs = policies.read(run, "member-3"), policies.read(run, "member-3")
    assert isinstance(mine.rules, Policy)
    assert isinstance(theirs.rules, Policy)
    theirs.rules.block("theirs", "so")
    policies.save(run, theirs)
    mine.rules.block("mine", "so")
    with pytest.raises(InputError, match="changed elsewhere"):
        policies.save(run, mine)


@pytest.mark.parametrize("name", ["", "../run", ".hidden", "a/b", "a" * 81, "line\nbreak"])
def test_names_that_lead_elsewhere(run: Run, name: str) -> None:
    one = policies.read(run, name)
    assert one.rules is None
    assert "cannot be" in one.problem


def test_broken_and_foreign_files_are_a_sentence(run: Run, tmp_path: Path) -> None:
    place = policies.folder(run)
    place.mkdir(exist_ok=True)
    (place / "torn.json").write_text("{")
    (place / "deep.json").write_text("[" * 100_000)
    (place / "foreign.json").write_text('{"format": 1, "deltas": [], "sha256": "0"}')
    (place / "large.json").write_text(" " * 1_100_000)
    (tmp_path / "outside.json").write_text(json.dumps(Policy().export()))
    (place / "link.json").symlink_to(tmp_path / "outside.json")
    found = {one.reader: one for one in policies.kept(run)}
    for name in ("torn", "deep", "foreign", "large", "link"):
        assert found[name].rules is None
        assert found[name].problem.startswith(f"policies/{name}.json cannot be read")
        with pytest.raises(InputError, match="changed elsewhere"):
            policies.save(run, policies.Kept(name, Policy(), ""))
