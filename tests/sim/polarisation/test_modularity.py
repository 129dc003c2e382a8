import networkx as nx
import numpy as np
import pytest

from tests.sim.polarisation.networks import karate, ties_of
from townsquare.sim.polarisation.modularity import modularity


def test_golden():
    assert round(modularity(*karate()), 6) == 0.358235


def test_as_networkx():
    graph, sides = nx.gnm_random_graph(30, 80, seed=2), np.arange(30) % 2
    parts = [set(range(0, 30, 2)), set(range(1, 30, 2))]
    assert modularity(ties_of(graph), sides) == pytest.approx(nx.community.modularity(graph, parts))


def test_ends():
    two = ties_of(nx.Graph([(0, 1), (2, 3)]))
    assert modularity(two, np.array([0, 0, 1, 1])) == 0.5
    assert modularity(two, np.array([0, 1, 0, 1])) == -0.5
    assert modularity(two, np.zeros(4, int)) == 0
    assert np.isnan(modularity(ties_of(nx.empty_graph(2)), np.array([0, 1])))
