"""Those to whom most people listen."""

import numpy as np

from townsquare.protocols import IntArray, Settings, Streams
from townsquare.sim.graphs.graph import Graph
from townsquare.sim.influence.rule import check


class DegreeSeeds:
    """The k nodes with most listeners; of equals, the lower number first.

    It does not see that two hubs may have the same listeners, so that the second adds nothing.
    """

    class Config(Settings):
        """Nothing to set."""

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config, self.streams = config, streams

    def choose(self, graph: Graph, k: int, probability: float) -> IntArray:
        """The k nodes, most listeners first."""
        check(graph, k, probability)
        listeners = np.bincount(graph.weights.indices, minlength=len(graph))
        return np.argsort(-listeners, kind="stable")[:k].astype(np.int64)
