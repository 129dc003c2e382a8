import networkx as nx
import numpy as np

from tests.sim.polarisation.networks import karate, ties_of
from townsquare.sim.polarisation.ei_index import crossing, ei_index


def test_golden():
    ties, sides = karate()
    assert crossing(ties, sides) == 11
    assert round(ei_index(ties, sides), 6) == -0.717949


def test_ends_of_the_range():
    two = ties_of(nx.Graph([(0, 1), (2, 3)]))
    assert ei_index(two, np.array([0, 0, 1, 1])) == -1
    assert ei_index(two, np.array([0, 1, 0, 1])) == 1
    assert np.isnan(ei_index(ties_of(nx.empty_graph(2)), np.array([0, 1])))
