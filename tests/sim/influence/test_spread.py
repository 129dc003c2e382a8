import networkx as nx
import numpy as np
import pytest

from tests.sim.influence.crowds import chain, twin_hubs
from townsquare.protocols import InputError
from townsquare.sim.graphs.exchange import from_networkx
from townsquare.sim.influence.spread import exact_spread, worlds


@pytest.mark.parametrize(("node", "golden"), [(0, 1.75), (1, 1.5), (2, 1.0)])
def test_golden(node, golden):
    assert exact_spread(chain(), np.array([node]), 0.5) == golden


def test_an_undirected_edge_carries_either_way():
    graph = from_networkx(nx.path_graph(3), None)
    assert exact_spread(graph, np.array([0]), 0.5) == 1.75
    assert exact_spread(graph, np.array([1]), 0.5) == 2
    assert exact_spread(graph, np.array([0, 2]), 1) == 3


def test_worlds_are_all_there_are():
    chances, reached = worlds(chain(), 0.25)
    assert len(chances) == 4
    assert chances.sum() == pytest.approx(1)
    assert reached.sum(axis=(1, 2)).tolist() == [3, 4, 4, 6]


def test_large_graphs_are_refused():
    with pytest.raises(InputError, match=r"at most 16 arcs \(got 52\)"):
        worlds(twin_hubs(), 0.5)
