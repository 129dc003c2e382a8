"""How many are reached in the end: independent cascades, simulated."""

import numpy as np
import scipy.sparse as sp

from townsquare.protocols import IntArray
from townsquare.sim.graphs.graph import Graph
from townsquare.sim.influence.spreading import Spreading


def listeners(graph: Graph) -> sp.csr_array:
    """(n, n) row j: who listens to j, the way that influence goes."""
    return sp.csr_array(graph.weights.T.tocsr()) if graph.directed else graph.weights


class Cascades:
    """Independent Cascade (Kempe, Kleinberg and Tardos 2003).

    Whoever is reached tries once to reach each one who listens to him, with the same probability for all; the weights
    of the graph do not matter.
    """

    def __init__(self, graph: Graph, probability: float) -> None:
        self._spreading = Spreading(listeners(graph), probability)

    def sizes(self, seeds: IntArray, runs: int, rng: np.random.Generator) -> IntArray:
        """(runs,) how many nodes each cascade from ``seeds`` (different nodes) reaches, its seeds included."""
        seeds = np.asarray(seeds, np.int64)
        found = []
        for lot in self._spreading.lots(runs):
            starts = np.repeat(np.arange(lot), len(seeds))
            reached, _ = self._spreading.reach(starts, np.tile(seeds, lot), lot, rng)
            found.append(np.bincount(reached, minlength=lot))
        return np.concatenate(found)
