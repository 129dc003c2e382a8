"""What all models have in common in which two nodes meet at a time."""

import numpy as np

from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.opinion_model import Ground, Pairwise
from townsquare.sim.opinions.sequence import rounds


class Pairs:
    """Edges are drawn one after the other, and the two at its ends meet.

    One tick is one sweep: as many draws as there are nodes, every edge as likely as any other at each (its weight
    plays no part). On a directed graph only the one who listens moves. A graph without edges stands still.
    """

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        weights = ground.weights
        self.n = int(weights.shape[0])
        self._listener = np.repeat(np.arange(self.n, dtype=np.int32), np.diff(weights.indptr))

    def meetings(self, opinions: FloatArray, tick: int) -> IntArray:
        """(n, 2) the draws of one tick: a function of graph, seed and tick alone, whatever anybody thinks."""
        entries = len(self._listener)
        if not entries:
            return np.zeros((0, 2), np.int32)
        # an undirected edge stands in the matrix twice, so that either end comes first as often
        drawn = self.ground.streams.get("meetings", tick).integers(0, entries, self.n)
        return np.stack([self._listener[drawn], self.ground.weights.indices[drawn]], axis=1)

    def meet(self, first: FloatArray, second: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What both think after they met."""
        raise NotImplementedError

    def step(self, opinions: FloatArray, tick: int) -> FloatArray:
        """One sweep: exactly what the draws give one after the other."""
        moved = np.array(opinions, np.float64)
        pairs = self.meetings(moved, tick)
        for batch in rounds(pairs, self.n):
            self.move(moved, pairs[batch])
        return moved

    def move(self, opinions: FloatArray, pairs: IntArray) -> None:
        """Carry out meetings in which no node comes twice, in place."""
        carry_out(self, self.ground, opinions, pairs)


def carry_out(model: Pairwise, ground: Ground, opinions: FloatArray, pairs: IntArray) -> None:
    """Meetings in which no node comes twice, in place: those who are held stay where they are, and on a directed graph
    so do those who are listened to.
    """
    listeners, heard = pairs[:, 0], pairs[:, 1]
    before, other = opinions[listeners], opinions[heard]
    first, second = model.meet(before, other)
    opinions[listeners] = np.where(ground.held[listeners], before, first)
    if not ground.directed:
        opinions[heard] = np.where(ground.held[heard], other, second)
