"""Anybody: what the other rules have to beat."""

import numpy as np

from townsquare.protocols import IntArray, Settings, Streams
from townsquare.sim.graphs.graph import Graph
from townsquare.sim.influence.rule import check


class RandomSeeds:
    """k nodes at random, each as likely."""

    class Config(Settings):
        """Nothing to set."""

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config, self.streams = config, streams

    def choose(self, graph: Graph, k: int, probability: float) -> IntArray:
        """The k nodes in the order they were drawn."""
        check(graph, k, probability)
        return self.streams.get("seeding", "random").choice(len(graph), k, replace=False).astype(np.int64)
