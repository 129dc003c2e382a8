import networkx as nx
import numpy as np
import pytest

from townsquare.sim.graphs.read import from_networkx
from townsquare.sim.opinions.degroot import DeGroot


def test_on_a_regular_connected_aperiodic_graph_all_come_to_the_mean(ground, run):
    model = DeGroot(DeGroot.Config(), ground(kind="ring", nodes=41, degree=4))
    assert run(model, 3000) == pytest.approx(np.full(41, model.ground.start.mean()), abs=1e-9)


def test_one_step_is_the_weighted_mean_of_neighbours(ground):
    graph = nx.Graph()
    graph.add_weighted_edges_from([("a", "b", 3.0), ("a", "c", 1.0)])
    graph.add_node("lonely")
    model = DeGroot(DeGroot.Config(own=0.5), ground([0.0, 0.8, 0.4, 0.9], graph=from_networkx(graph)))
    assert model.step(model.ground.start, 0) == pytest.approx([0.35, 0.4, 0.2, 0.9])


def test_a_step_is_that_of_the_dense_matrix(ground):
    model = DeGroot(DeGroot.Config(), ground(kind="scale-free", nodes=120, degree=6))
    w = model.ground.weights.toarray().astype(float)
    assert model.step(model.ground.start, 0) == pytest.approx(w @ model.ground.start / w.sum(axis=1), abs=1e-12)


def test_those_who_are_held_stay_and_pull(ground, run):
    model = DeGroot(DeGroot.Config(), ground(held=(0,), kind="ring", nodes=21, degree=4))
    assert run(model, 4000) == pytest.approx(np.full(21, model.ground.start[0]), abs=1e-6)


def test_listening_goes_one_way(ground):
    model = DeGroot(DeGroot.Config(), ground([0.1, 0.9], graph=from_networkx(nx.DiGraph([("a", "b")]))))
    assert np.array_equal(model.step(model.ground.start, 0), [0.9, 0.9])
