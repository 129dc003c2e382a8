"""Who might have reached somebody: random reverse-reachable sets, and the nodes that are in most of them."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from townsquare.protocols import IntArray
from townsquare.sim.graphs.graph import Graph
from townsquare.sim.influence.spreading import Spreading


class ReverseSets:
    """A growing collection of reverse-reachable sets (Borgs, Brautbar, Chayes and Lucier 2014).

    A set belongs to a node drawn at random, and holds everybody who reaches it in one random outcome of a cascade. So
    the expected spread of some seeds is n times the probability that a set holds one of them. Memory: 4 bytes for each
    member of each set.
    """

    def __init__(self, graph: Graph, probability: float, rng: np.random.Generator) -> None:
        self.n, self._rng = len(graph), rng
        self._spreading = Spreading(graph.weights, probability)  # backwards: to whom a node listens
        self._members: list[IntArray] = []
        self._ends: list[IntArray] = [np.zeros(1, np.int64)]
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def entries(self) -> int:
        """Members of all sets."""
        return int(self._ends[-1][-1])

    def grow(self, count: int) -> None:
        """Draw sets until there are ``count``."""
        for lot in self._spreading.lots(count - self._count):
            roots = self._rng.integers(self.n, size=lot)
            sets, nodes = self._spreading.reach(np.arange(lot), roots, lot, self._rng)
            order = np.argsort(sets, kind="stable")
            self._ends.append(self.entries + np.cumsum(np.bincount(sets, minlength=lot)))
            self._members.append(nodes[order].astype(np.int32))
            self._count += lot

    def table(self) -> sp.csr_array:
        """(sets, n) 1 where a node is in a set."""
        members = np.concatenate(self._members)
        self._members = [members]
        return sp.csr_array(
            (np.ones(len(members), np.int8), members, np.concatenate(self._ends)), shape=(self._count, self.n)
        )

    def held(self, seeds: IntArray) -> int:
        """How many sets hold at least one of ``seeds``."""
        chosen = np.zeros(self.n, bool)
        chosen[seeds] = True
        hits = np.concatenate([np.flatnonzero(chosen[part]) + start for part, start in self._parts()])
        return len(np.unique(np.searchsorted(np.concatenate(self._ends)[1:], hits, side="right")))

    def _parts(self) -> list[tuple[IntArray, int]]:
        starts = np.cumsum([0, *(len(part) for part in self._members)])
        return list(zip(self._members, starts[:-1].tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Covering:
    """Nodes chosen greedily, each for the sets that none before it is in."""

    nodes: IntArray
    """(k,) in the order they were chosen; of equals, the lower number."""
    covered: IntArray
    """(k,) how many sets hold one of the nodes so far."""
    most: float
    """No k nodes are in more sets than this."""


def covering(table: sp.csr_array, k: int) -> Covering:
    """Greedy maximum coverage: at least 1 - 1/e of what the best k nodes cover (Nemhauser, Wolsey and Fisher 1978).

    The bound on the best is the smallest, over all steps, of what is covered so far and the k largest gains then
    (Tang, Tang, Xiao and Yuan 2018): no k nodes can gain more than that.
    """
    holding = table.tocsc()
    n = table.shape[1]
    gains = np.bincount(table.indices, minlength=n).astype(np.int64)
    done = np.zeros(table.shape[0], bool)
    nodes, covered, total, most = np.empty(k, np.int64), np.empty(k, np.int64), 0, float("inf")
    for step in range(k):
        most = min(most, total + _top(gains, k))
        node = int(np.argmax(gains))
        sets = holding.indices[holding.indptr[node] : holding.indptr[node + 1]]
        fresh = sets[~done[sets]]
        done[fresh] = True
        gains -= np.bincount(table[fresh].indices, minlength=n)
        gains[node] = -1
        total += len(fresh)
        nodes[step], covered[step] = node, total
    return Covering(nodes, covered, min(most, total + _top(gains, k)))


def _top(gains: IntArray, k: int) -> float:
    largest = np.partition(gains, len(gains) - k)[len(gains) - k :]
    return float(np.maximum(largest, 0).sum())
