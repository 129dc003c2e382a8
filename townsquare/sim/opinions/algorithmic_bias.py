"""A feed that prefers the like-minded (Sirbu, Pedreschi, Giannotti and Kertesz 2019)."""

import numpy as np
from pydantic import Field

from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.opinion_model import Ground
from townsquare.protocols.settings import Settings
from townsquare.sim.opinions.deffuant import drawn_together
from townsquare.sim.opinions.pairs import Pairs

NEAREST = 1e-5
"""Differences below this count as this, so that the like-minded are not drawn with certainty."""
_CELLS = 1 << 21
"""Cells of a table of neighbours that are worked on at a time."""


class AlgorithmicBias(Pairs):
    """A node is drawn, then one of its neighbours, the nearer in opinion the likelier; they meet as in Deffuant's.

    Neighbour j is drawn with probability in proportion to ``max(|x_i - x_j|, 1e-5) ** -gamma``. With gamma 0 all
    neighbours are as likely, which is Deffuant's model, but for irregular graphs: there ``deffuant`` draws edges, and
    this draws nodes (as NDlib does). The simplest model of a recommender, and the arm to hold a real one against.

    One tick is as many draws as there are nodes. What is drawn hangs on what the draws before did; the outcome is that
    of the draws one by one.
    """

    class Config(Settings):
        """How strong the preference is, and how near is near enough."""

        epsilon: float = Field(default=0.2, ge=0, le=2)
        "Bound of confidence: those whose opinions differ by less listen to each other."
        gamma: float = Field(default=0.5, ge=0)
        "Strength of the preference for the like-minded; 0 for none."
        mu: float = Field(default=0.5, gt=0, le=0.5)
        "Share of the difference that each gives way."

    def __init__(self, config: Config, ground: Ground) -> None:
        super().__init__(ground)
        self.config = config
        self._degree = np.diff(ground.weights.indptr)
        self._nodes = np.flatnonzero(self._degree)

    def draws(self, tick: int) -> tuple[IntArray, FloatArray]:
        """(n,) whose turn it is, among those who have neighbours, and (n,) the uniform that chooses a neighbour."""
        if not len(self._nodes):
            return np.zeros(0, np.int64), np.zeros(0)
        rng = self.ground.streams.get("meetings", tick)
        return self._nodes[rng.integers(0, len(self._nodes), self.n)], rng.random(self.n)

    def meetings(self, opinions: FloatArray, tick: int) -> IntArray:
        """(n, 2) all partners chosen by what is thought at the start of the tick."""
        nodes, luck = self.draws(tick)
        if self.config.gamma == 0:
            degree = self._degree[nodes]
            place = np.minimum((luck * degree).astype(np.int64), degree - 1)
            weights = self.ground.weights
            return np.stack([nodes, weights.indices[weights.indptr[nodes] + place]], axis=1)
        parts, begin = [], 0
        while begin < len(nodes):
            end = begin + self._room(nodes, begin, len(nodes) - begin)
            parts.append(self._partners(opinions, nodes[begin:end], luck[begin:end])[0])
            begin = end
        heard = np.concatenate(parts) if parts else nodes
        return np.stack([nodes, heard], axis=1)

    def meet(self, first: FloatArray, second: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Both move, or neither."""
        return drawn_together(first, second, self.config.epsilon, self.config.mu)

    def step(self, opinions: FloatArray, tick: int) -> FloatArray:
        """One sweep: exactly what the draws give one after the other."""
        if self.config.gamma == 0:
            return super().step(opinions, tick)  # who is drawn hangs on nobody's opinion
        moved = np.array(opinions, np.float64)
        nodes, luck = self.draws(tick)
        # where everybody is near everybody, every draw waits for the one before
        dense = len(nodes) and float(self._degree.mean()) ** 2 > self.n
        (self._one_by_one if dense else self._by_stretches)(moved, nodes, luck)
        return moved

    def _one_by_one(self, opinions: FloatArray, nodes: IntArray, luck: FloatArray) -> None:
        pointers, indices = self.ground.weights.indptr, self.ground.weights.indices
        for node, chance in zip(nodes.tolist(), luck.tolist(), strict=True):
            around = indices[pointers[node] : pointers[node + 1]]
            heights = np.cumsum(self._pull(opinions[around] - opinions[node]))
            place = min(int(np.searchsorted(heights, chance * heights[-1], side="right")), len(around) - 1)
            self.move(opinions, np.array([[node, around[place]]]))

    def _by_stretches(self, opinions: FloatArray, nodes: IntArray, luck: FloatArray) -> None:
        """Draws in a row as if none hung on another; kept up to the first that looks at what an earlier one changed."""
        writer = np.full(self.n, len(nodes), np.int64)
        begin, length = 0, 64
        while begin < len(nodes):
            end = begin + self._room(nodes, begin, length)
            here = nodes[begin:end]
            heard, around = self._partners(opinions, here, luck[begin:end])
            pairs = np.stack([here, heard], axis=1)
            gap = np.abs(opinions[here] - opinions[heard])
            moves = (gap > 0) & (gap < self.config.epsilon)
            place = np.arange(len(here))
            changed = pairs[moves]
            writer[changed[::-1].ravel()] = np.repeat(place[moves][::-1], 2)  # the earliest, written last, stays
            looks = np.minimum(writer[here], writer[around].min(axis=1))
            late = np.flatnonzero(looks < place)
            good = int(late[0]) if len(late) else len(here)
            writer[changed.ravel()] = len(nodes)
            self.move(opinions, pairs[:good][moves[:good]])  # two that move share no node; others may
            begin += good
            length = max(16, 2 * good)

    def _room(self, nodes: IntArray, begin: int, length: int) -> int:
        """How many draws from ``begin`` on, ``length`` at most, fit a table of ``_CELLS`` cells; one at least."""
        widths = np.maximum.accumulate(self._degree[nodes[begin : begin + length]])
        fits = widths * np.arange(1, len(widths) + 1) <= _CELLS
        return max(1, int(fits.sum()))

    def _partners(self, opinions: FloatArray, nodes: IntArray, luck: FloatArray) -> tuple[IntArray, IntArray]:
        """(k,) whom each of ``nodes`` meets, and (k, w) its neighbours, filled up with itself."""
        pointers, indices = self.ground.weights.indptr, self.ground.weights.indices
        degree = self._degree[nodes]
        columns = np.arange(int(degree.max(initial=1)))
        inside = columns < degree[:, None]
        places = np.where(inside, pointers[nodes][:, None] + columns, 0)
        around = np.where(inside, indices[places], nodes[:, None])
        pull = np.where(inside, self._pull(opinions[around] - opinions[nodes][:, None]), 0.0)
        heights = np.cumsum(pull, axis=1)
        chosen = (heights <= (luck * heights[:, -1])[:, None]).sum(axis=1)
        chosen = np.minimum(chosen, degree - 1)
        return around[np.arange(len(nodes)), chosen], around

    def _pull(self, gap: FloatArray) -> FloatArray:
        if self.config.gamma == 0:
            return np.ones_like(gap)
        return np.maximum(np.abs(gap), NEAREST) ** -self.config.gamma
