import networkx as nx
import numpy as np
import pytest

from tests.sim.polarisation.networks import karate, ties_of
from townsquare.sim.polarisation.adaptive_ei import adaptive_ei
from townsquare.sim.polarisation.ei_index import ei_index


def test_golden():
    assert round(adaptive_ei(*karate()), 6) == -0.732319


def test_sizes_do_not_matter():
    """In a complete graph nobody cares for sides, but the larger one holds most ties."""
    ties, sides = ties_of(nx.complete_graph(20)), np.repeat([0, 1], [16, 4])
    assert adaptive_ei(ties, sides) == pytest.approx(0)
    assert ei_index(ties, sides) < -0.3


def test_undefined():
    assert np.isnan(adaptive_ei(ties_of(nx.path_graph(3)), np.array([0, 1, 1])))
    assert np.isnan(adaptive_ei(ties_of(nx.empty_graph(4)), np.array([0, 0, 1, 1])))
