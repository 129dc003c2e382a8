"""Those who together reach most people, by trying: lazy greedy over simulated outcomes."""

import heapq

import numpy as np
import scipy.sparse as sp
from pydantic import Field

from townsquare.protocols import InputError, IntArray, Settings, Streams
from townsquare.sim.graphs.graph import Graph
from townsquare.sim.influence.cascade import listeners
from townsquare.sim.influence.rule import check
from townsquare.sim.influence.spreading import closure, successes

_MOST = 50_000_000


class CELFSeeds:
    """Those who together reach most people, by lazy greedy over simulated outcomes.

    CELF (Leskovec et al., "Cost-effective outbreak detection in networks", KDD 2007). Outcomes are drawn once: in each
    world it is settled which arcs would carry (as in StaticGreedy, Cheng et al. 2013), so that gains can only shrink as
    seeds are added, and a node whose old gain is below another's new one need not be looked at again. What is found
    reaches at least 1 - 1/e of what the best of the candidates reach in these worlds.
    """

    class Config(Settings):
        """How many outcomes, and who is thought of."""

        worlds: int = Field(default=200, ge=1)
        "Simulated outcomes over which gains are taken."
        candidates: int | None = Field(default=1000, ge=1)
        "Only so many nodes are thought of, those with most listeners; empty: all."

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config, self.streams = config, streams

    def choose(self, graph: Graph, k: int, probability: float) -> IntArray:
        """The k nodes in the order they were chosen; of equals, the lower number.

        Raises:
            InputError: see ``check``, or a graph too large to keep so many outcomes of.
        """
        check(graph, k, probability)
        n, count = len(graph), self.config.worlds
        worlds = self._worlds(graph, probability)
        covered = np.zeros(count * n, bool)
        rng = self.streams.get("seeding", "celf", "unused")  # where every arc carries, nothing is drawn
        listened = np.bincount(graph.weights.indices, minlength=n)
        thought_of = np.argsort(-listened, kind="stable")[: max(k, self.config.candidates or n)]

        def reached(node: int) -> IntArray:
            start = np.arange(count) * n + node
            return closure(worlds, start[~covered[start]], covered, 1.0, rng)

        def gain(node: int) -> int:
            found = reached(node)
            covered[found] = False
            return len(found)

        queue = [(-gain(node), node, 0) for node in sorted(thought_of.tolist())]
        heapq.heapify(queue)
        chosen: list[int] = []
        while len(chosen) < k:
            _, node, step = heapq.heappop(queue)
            if step == len(chosen):
                reached(node)
                chosen.append(node)
            else:
                heapq.heappush(queue, (-gain(node), node, len(chosen)))
        return np.array(chosen, np.int64)

    def _worlds(self, graph: Graph, probability: float) -> sp.csr_array:
        """(worlds * n, worlds * n) block by block: who would reach whom."""
        n, count = len(graph), self.config.worlds
        arcs = listeners(graph)
        if count * max(n, arcs.nnz * probability) > _MOST:
            raise InputError(
                f"celf keeps {count:,} outcomes of the whole graph, and this one is too large for that "
                f"({n:,} nodes, {arcs.nnz:,} arcs): use the rule reach, or fewer worlds."
            )
        live = successes(count * arcs.nnz, probability, self.streams.get("seeding", "celf"))
        world, arc = np.divmod(live, max(arcs.nnz, 1))
        source = np.repeat(np.arange(n), np.diff(arcs.indptr))
        # arcs lie row by row, and so do those of each world: the table can be put together without sorting
        ends = np.cumsum(np.bincount(world * n + source[arc], minlength=count * n))
        columns = world * n + arcs.indices[arc]
        indptr = np.concatenate([[0], ends])
        return sp.csr_array((np.ones(len(live), np.int8), columns, indptr), shape=(count * n, count * n))
