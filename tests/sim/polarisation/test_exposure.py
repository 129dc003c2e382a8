import networkx as nx
import numpy as np
import pytest

from townsquare.sim.graphs.exchange import from_networkx
from townsquare.sim.polarisation.exposure import cross_share, distance, neighbours


def test_neighbours_one_way():
    graph = from_networkx(nx.DiGraph([(0, 1), (0, 2), (2, 1)]), None)
    listener, heard = neighbours(graph.weights)
    assert list(zip(listener.tolist(), heard.tolist(), strict=True)) == [(0, 1), (0, 2), (2, 1)]
    sides = np.array([0, 1, 0])
    assert cross_share(sides[listener], sides[heard]) == pytest.approx(2 / 3)
    opinions = np.array([0.1, 0.9, 0.3])
    assert distance(opinions[listener], opinions[heard]) == pytest.approx((0.8 + 0.2 + 0.6) / 3)


def test_nothing_was_met():
    nothing = np.zeros(0)
    assert np.isnan(cross_share(nothing, nothing))
    assert np.isnan(distance(nothing, nothing))
