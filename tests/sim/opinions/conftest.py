"""Ground for opinion models."""

import numpy as np
import pytest

from townsquare.protocols.opinion_model import Ground
from townsquare.protocols.streams import Streams
from townsquare.sim.graphs.made import GraphSettings, make_graph


@pytest.fixture
def ground():
    """Makes the ground of a model: a graph by its settings (or as it is), opinions by default uniform."""

    def made(start=None, *, seed=0, held=(), graph=None, columns=None, **settings):
        graph = graph or make_graph(GraphSettings(**settings), Streams(seed))
        n = len(graph)
        start = Streams(seed).get("opinions").random(n) if start is None else np.asarray(start, float)
        mask = np.zeros(n, bool)
        mask[list(held)] = True
        return Ground(graph.weights, graph.directed, start, mask, Streams(seed), columns or {})

    return made


@pytest.fixture
def run():
    """Opinions after some ticks of a model."""

    def ticked(model, ticks, opinions=None):
        x = np.array(model.ground.start if opinions is None else opinions)
        for tick in range(ticks):
            x = model.step(x, tick)
        return x

    return ticked
