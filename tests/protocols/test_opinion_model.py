import numpy as np
import pytest

from townsquare.protocols.opinion_model import Ground, OpinionModel, Pairwise
from townsquare.protocols.registry import known, make
from townsquare.protocols.streams import Streams
from townsquare.sim.graphs.made import GraphSettings, make_graph

PAIRWISE = {"deffuant", "algorithmic-bias", "repulsion"}


@pytest.mark.parametrize("name", [name for name in known("opinion") if name != "wild"])
def test_every_model_keeps_the_contract(name):
    graph = make_graph(GraphSettings(kind="karate"), Streams(0))
    start = Streams(1).get("x").random((34, 10) if name == "values" else 34)
    held = np.zeros(34, bool)
    held[[2, 33]] = True
    ground = Ground(graph.weights, graph.directed, start, held, Streams(0))
    model = make("opinion", name, {}, ground)
    assert isinstance(model, OpinionModel)
    assert isinstance(model, Pairwise) == (name in PAIRWISE)
    given = start.copy()
    moved = model.step(given, 0)
    assert np.array_equal(given, start)
    assert moved is not given
    assert moved.shape == start.shape
    assert 0 <= moved.min() <= moved.max() <= 1
    assert np.array_equal(moved[held], start[held])
    assert not np.array_equal(moved, start)
    assert np.array_equal(make("opinion", name, {}, ground).step(given, 0), moved)
