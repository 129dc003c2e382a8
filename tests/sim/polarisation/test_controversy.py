import networkx as nx
import numpy as np
import pytest

from tests.sim.polarisation.networks import karate, ties_of
from townsquare.sim.polarisation import controversy as module
from townsquare.sim.polarisation.controversy import controversies, controversy, influencers, usual_k

START_END = {1: 0.607634, 2: 0.679472, 3: 0.754228, 5: 0.774489}
END_START = {1: 0.612691, 2: 0.698744, 3: 0.790098, 5: 0.844444}


@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_golden(k):
    ties, sides = karate()
    assert round(controversy(ties, sides, k), 6) == START_END[k]
    assert round(controversy(ties, sides, k, "end|start"), 6) == END_START[k]


def test_direct_and_iterated_solutions_agree(monkeypatch):
    ties, sides = karate()
    monkeypatch.setattr(module, "_DIRECT", 0)
    assert round(controversy(ties, sides, 3), 6) == START_END[3]
    assert round(controversy(ties, sides, 3, "end|start"), 6) == END_START[3]


def test_influencers_of_equal_degree_are_those_with_lower_numbers():
    lower, upper = influencers(ties_of(nx.cycle_graph(6)), np.array([1, 0, 1, 0, 1, 0]), 2)
    assert (lower.tolist(), upper.tolist()) == ([1, 3], [0, 2])


@pytest.mark.parametrize(("smaller", "k"), [(5, 1), (17, 1), (60, 6), (100, 10), (5000, 10)])
def test_usual_k(smaller, k):
    assert usual_k(np.repeat([0, 1], [smaller, 2 * smaller])) == k


def test_separate_sides_are_as_controversial_as_can_be():
    ties = ties_of(nx.disjoint_union(nx.complete_graph(6), nx.complete_graph(6)))
    sides = np.repeat([0, 1], 6)
    assert controversies(ties, sides, 2) == {"start|end": 1.0, "end|start": 1.0}


def test_by_hand():
    """A path a b C D: a and b on side 0, C and D on side 1; influencers, with most ties, are b and C.

    A walk from a ends at b; b steps to a or C and so ends at b or C. From D the same, mirrored: P(0|0) = .75 and
    P(1|1) = .75 whichever way; those that are no influencers never get across.
    """
    ties, sides = ties_of(nx.path_graph(4)), np.array([0, 0, 1, 1])
    assert controversy(ties, sides, 1) == pytest.approx(0.75**2 - 0.25**2)
    assert controversy(ties, sides, 1, "end|start") == 1


def test_who_reaches_no_influencer_begins_no_walk():
    ties, sides = karate()
    graph = nx.karate_club_graph()
    graph.add_node(34)
    graph.add_edge(35, 36)
    apart = np.concatenate([sides, [0, 1, 1]])
    assert controversies(ties_of(graph), apart, 2) == controversies(ties, sides, 2)


def test_undefined():
    found = controversies(ties_of(nx.path_graph(4)), np.zeros(4, int), 1)
    assert np.isnan(list(found.values())).all()
    found = controversies(ties_of(nx.empty_graph(4)), np.array([0, 0, 1, 1]), 1)
    assert np.isnan(list(found.values())).all()
    all_influencers = controversies(ties_of(nx.path_graph(4)), np.array([0, 0, 1, 1]), 2)
    assert not np.isnan(all_influencers["start|end"])
    assert np.isnan(all_influencers["end|start"])
