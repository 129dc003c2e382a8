import networkx as nx
import numpy as np
import pytest

from tests.sim.polarisation.networks import karate, ties_of
from townsquare.protocols import InputError
from townsquare.sim.polarisation import fiedler
from townsquare.sim.polarisation.fiedler import fiedler_sides


def test_karate_splits_nearly_as_it_did():
    ties, sides = karate()
    found = fiedler_sides(ties)
    assert found[0] == 0
    assert int((found != sides).sum()) == 2  # as networkx's fiedler_vector has it


def test_as_networkx():
    graph = nx.connected_watts_strogatz_graph(60, 4, 0.05, seed=3)
    theirs = nx.fiedler_vector(graph, method="tracemin_lu", seed=1) > 0
    theirs = theirs != theirs[0]
    assert fiedler_sides(ties_of(graph)).tolist() == theirs.astype(int).tolist()


@pytest.mark.parametrize("dense", [0, 10_000])
@pytest.mark.parametrize("direct", [0, 10_000])
def test_all_ways_to_solve_agree(monkeypatch, dense, direct):
    graph = nx.connected_watts_strogatz_graph(400, 6, 0.05, seed=1)
    expected = fiedler_sides(ties_of(graph))
    monkeypatch.setattr(fiedler, "_DENSE", dense)
    monkeypatch.setattr(fiedler, "_DIRECT", direct)
    assert fiedler_sides(ties_of(graph)).tolist() == expected.tolist()


def test_a_path_is_cut_in_the_middle():
    assert fiedler_sides(ties_of(nx.path_graph(6))).tolist() == [0, 0, 0, 1, 1, 1]


def test_too_few():
    with pytest.raises(InputError, match="two nodes"):
        fiedler_sides(ties_of(nx.empty_graph(1)))


def test_the_trap_of_a_tiny_side():
    """A clique with a tail: the cut takes the tail, which looks polarised and is not."""
    graph = nx.lollipop_graph(60, 2)
    assert np.bincount(fiedler_sides(ties_of(graph))).tolist() == [60, 2]
