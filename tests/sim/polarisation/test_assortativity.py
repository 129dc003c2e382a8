import networkx as nx
import numpy as np
import pytest

from tests.sim.polarisation.networks import karate, ties_of
from townsquare.sim.polarisation.assortativity import assortativity, numeric_assortativity


def test_golden():
    assert round(assortativity(*karate()), 6) == 0.717531


def test_many_labels_as_networkx():
    graph = nx.gnm_random_graph(40, 120, seed=4)
    labels = np.arange(40) % 5
    nx.set_node_attributes(graph, dict(enumerate(labels.tolist())), "label")
    assert assortativity(ties_of(graph), labels) == pytest.approx(
        nx.attribute_assortativity_coefficient(graph, "label")
    )


def test_numbers_as_networkx():
    graph = nx.gnm_random_graph(40, 120, seed=5)
    values = np.linspace(0, 1, 40) ** 2
    nx.set_node_attributes(graph, dict(enumerate(values.tolist())), "value")
    theirs = nx.numeric_assortativity_coefficient(graph, "value")
    assert numeric_assortativity(ties_of(graph), values) == pytest.approx(theirs)


def test_ends_of_the_range():
    two = ties_of(nx.Graph([(0, 1), (2, 3)]))
    assert assortativity(two, np.array([0, 0, 1, 1])) == 1
    assert assortativity(two, np.array([0, 1, 0, 1])) == -1
    assert numeric_assortativity(two, np.array([0.1, 0.1, 0.9, 0.9])) == pytest.approx(1)
    assert numeric_assortativity(two, np.array([0.1, 0.9, 0.1, 0.9])) == pytest.approx(-1)


def test_undefined():
    two, none = ties_of(nx.Graph([(0, 1), (2, 3)])), ties_of(nx.empty_graph(3))
    assert np.isnan(assortativity(two, np.zeros(4, int)))
    assert np.isnan(assortativity(none, np.array([0, 1, 1])))
    assert np.isnan(numeric_assortativity(two, np.full(4, 0.3)))
    assert np.isnan(numeric_assortativity(none, np.array([0, 0.5, 1])))
