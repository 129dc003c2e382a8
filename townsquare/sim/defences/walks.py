"""Random walks on a graph of trust, and how often they come by (Nasrulin, Ishmaev and Pouwelse: MeritRank, 2022)."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from townsquare.protocols import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Walks:
    """Where walks from seeds went.

    A walk begins at a seed, the seeds taking turns. Before every step it ends with probability alpha (transitivity
    decay); else it follows an edge with probability proportional to the edge's absolute weight. It ends where there
    is none, and at an edge of negative weight: the node behind it has a negative hit, and is not visited.
    """

    n_nodes: int
    seeds: IntArray
    """(s,) sorted."""
    count: int
    """How many walks."""
    walk: IntArray
    """(v,) which walk a visit belongs to; visits are sorted by walk and, within it, by time. Starts are left out."""
    node: IntArray
    """(v,) where it was."""
    step: IntArray
    """(v,) the how-manieth step, from 1."""
    negative: IntArray
    """(n_nodes,) how many walks ended at a negative edge to each node."""

    @classmethod
    def taken(cls, graph: csr_array, seeds: IntArray, count: int, alpha: float, rng: np.random.Generator) -> "Walks":
        """``count`` walks on ``graph``, (n, n) weights of edges from rows to columns; all go on at once.

        ``alpha`` is above 0 and at most 1. Without seeds, or without edges, nothing is visited.
        """
        n = graph.shape[0]
        seeds = np.unique(np.asarray(seeds, np.int64))
        starts, ends = graph.indptr[:-1].astype(np.int64), graph.indptr[1:].astype(np.int64)
        sums = np.concatenate([[0.0], np.cumsum(np.abs(graph.data, dtype=np.float64))])
        total = sums[ends] - sums[starts]
        going = np.arange(count if len(seeds) else 0)
        place = seeds[going % len(seeds)] if len(seeds) else seeds
        trail: list[tuple[IntArray, IntArray]] = []
        negative = np.zeros(n, np.int64)
        while len(going):
            on = (rng.random(len(going)) >= alpha) & (total[place] > 0)
            going, place = going[on], place[on]
            # the sums run over all edges: one search finds the edge of every walk
            aim = sums[starts[place]] + rng.random(len(going)) * total[place]
            edge = np.clip(np.searchsorted(sums, aim, side="right") - 1, starts[place], ends[place] - 1)
            place = graph.indices[edge].astype(np.int64)
            trusted = graph.data[edge] > 0
            negative += np.bincount(place[~trusted], minlength=n)
            going, place = going[trusted], place[trusted]
            trail.append((going, place))
        walk = np.concatenate([walks for walks, _ in trail]) if trail else np.zeros(0, np.int64)
        node = np.concatenate([places for _, places in trail]) if trail else np.zeros(0, np.int64)
        step = np.repeat(np.arange(1, len(trail) + 1), [len(walks) for walks, _ in trail])
        order = np.argsort(walk, kind="stable")
        return cls(n, seeds, count, walk[order], node[order], step[order], negative)

    def hits(self) -> IntArray:
        """(n_nodes,) how many walks came by."""
        once = np.unique(self.walk * self.n_nodes + self.node)
        return np.bincount(once % self.n_nodes, minlength=self.n_nodes)

    def visits(self) -> IntArray:
        """(n_nodes,) how often walks came by, every return counted."""
        return np.bincount(self.node, minlength=self.n_nodes)

    def hitting(self) -> FloatArray:
        """(n_nodes,) PHT: the hits of each node as a share of those of all nodes but the seeds, which score 0."""
        return self._share(self.hits())

    def ranking(self) -> FloatArray:
        """(n_nodes,) PPR: the same of visits."""
        return self._share(self.visits())

    def _share(self, counts: IntArray) -> FloatArray:
        counts = counts.astype(np.float64)
        counts[self.seeds] = 0.0
        return counts / max(counts.sum(), 1.0)

    def bottleneck(self) -> FloatArray:
        """(n_nodes,) largest share of the walks that hit a node which had come through one and the same other node.

        A node counts as on the way to another from the walk's start, or from its last return to a seed, on; seeds are
        never counted. 0 for a node that seeds trust directly and walks reach in no other way, and for one not reached.
        """
        n, width = self.n_nodes, int(self.step.max(initial=0))
        is_seed = np.isin(self.node, self.seeds)
        # visits of one walk between two returns to a seed have the same leg
        leg = self.walk * (width + 1) + _since(is_seed, self.walk)
        pairs = []
        for lag in range(1, width):
            here, before = np.arange(lag, len(self.node)), np.arange(len(self.node) - lag)
            here, before = here[leg[here] == leg[before]], before[leg[here] == leg[before]]
            if not len(here):
                break
            led = ~is_seed[before] & ~is_seed[here] & (self.node[before] != self.node[here])
            pair = self.node[before[led]] * n + self.node[here[led]]
            pairs.append(self.walk[here[led]] * (n * n) + pair)
        share = np.zeros(n)
        if pairs:
            pair, number = np.unique(np.unique(np.concatenate(pairs)) % (n * n), return_counts=True)
            np.maximum.at(share, pair % n, number / self.hits()[pair % n])
        return share


def _since(mark: np.ndarray, walk: IntArray) -> IntArray:
    """(v,) how many marks there have been in the walk up to and with each visit."""
    so_far = np.cumsum(mark)
    first = np.searchsorted(walk, walk, side="left")
    return so_far - (so_far - mark)[first] if len(walk) else so_far


def decayed(scores: FloatArray, bottleneck: FloatArray, threshold: float, gamma: float) -> FloatArray:
    """Connectivity decay: the score of a node whose bottleneck b is ``threshold`` or more is multiplied by gamma b.

    The scores are not scaled up afterwards (the published code does, and misses the sum of 1): what is taken is gone.
    """
    return np.where(bottleneck >= threshold, scores * gamma * bottleneck, scores)
