"""The graph is what its log comes to (dossier 4e.4, 4e.9)."""

import json

import pytest

from townsquare.protocols import InputError
from townsquare.sim.preferences.graph import Concern, Facet, PreferenceGraph


def graph() -> PreferenceGraph:
    made = PreferenceGraph()
    made.change("anxiety", "add", value=Concern(name="selling by fear", weight=0.4))
    made.change("ads", "add", value=Facet(concern="anxiety", description="sells by making afraid", words=("buy now",)))
    return made


def test_the_algebra_of_changes() -> None:
    made = graph()
    made.change("anxiety", "strengthen", amount=0.3)
    less = made.change("anxiety", "weaken", amount=0.2)
    assert made.nodes["anxiety"].weight == pytest.approx(0.5)
    made.undo(less.id)
    assert made.nodes["anxiety"].weight == pytest.approx(0.7)
    made.change("anxiety", "strengthen", amount=0.9)
    assert made.nodes["anxiety"].weight == 1.0


def test_undoing_what_went_over_the_top_gives_what_the_others_come_to() -> None:
    made = graph()
    first = made.change("anxiety", "strengthen", amount=0.9)
    made.change("anxiety", "weaken", amount=0.1)
    assert made.nodes["anxiety"].weight == 1.0
    made.undo(first.id)
    assert made.nodes["anxiety"].weight == pytest.approx(0.3)


def test_replay_from_nothing_gives_the_same_graph() -> None:
    made = graph()
    made.change("ads", "add_exception", value="school")
    made.change("ads", "weaken", amount=0.1)
    made.undo(3)
    again = PreferenceGraph.load(json.loads(json.dumps(made.export())))
    assert again.digest() == made.digest()
    assert again.export() == made.export()


def test_removing_a_concern_takes_its_facets_along_and_undo_brings_them_back() -> None:
    made = graph()
    before = made.digest()
    gone = made.change("anxiety", "remove")
    assert not made.nodes
    made.undo(gone.id)
    assert made.digest() == before


def test_proposals_wait() -> None:
    made = graph()
    proposal = made.change("ads", "strengthen", amount=0.4, author="agent")
    assert made.nodes["ads"].weight == pytest.approx(0.6)
    made.accept(proposal.id)
    assert made.nodes["ads"].weight == 1.0


def test_exceptions_come_and_go() -> None:
    made = graph()
    made.change("ads", "add_exception", value="school")
    made.change("ads", "add_exception", value="health")
    made.change("ads", "drop_exception", value="school")
    assert made.nodes["ads"].exceptions == ("health",)


@pytest.mark.parametrize(
    ("target", "op", "more", "told"),
    [
        ("ad", "weaken", {"amount": 0.1}, "there is no 'ad' in the graph. Did you mean 'ads'"),
        ("ads", "weeken", {}, "there is no change 'weeken'. Did you mean 'weaken'"),
        ("new", "add", {"value": {"concern": "angst", "description": "x"}}, "there is no concern 'angst'"),
        ("new", "add", {"value": {"name": "x", "weight": 2}}, "weight"),
        ("ads", "add_exception", {}, "say in words what the exception is"),
    ],
)
def test_a_change_that_is_not_possible_leaves_no_trace(target, op, more, told) -> None:
    made = graph()
    with pytest.raises(InputError, match=told):
        made.change(target, op, **more)
    assert len(made.log) == 2
