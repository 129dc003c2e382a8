"""Items that the same people took to."""

from typing import ClassVar

import numpy as np
from pydantic import Field
from scipy.sparse import csr_array, vstack

from townsquare.protocols import BoolArray, Catalogue, FloatArray, IntArray, Interactions, Scorer, Settings, Streams
from townsquare.protocols.unlearning import Forgotten
from townsquare.sim.recommenders.occurring import Occurring

_BLOCK = 2048  # target items whose similarities are held at once


class ItemKNN(Scorer):
    """Rank items by their similarity to what the agent took to, counted over common likers.

    Sarwar et al. (2001), Deshpande and Karypis (2004):
    s_uj = sum over i in u's items of w_ij, with w_ij = (R'R)_ij / (|i| |j| + shrink) for the ``neighbours`` items i
    most similar to j (ties to the smaller id), 0 for all others and for i = j. An item without any such neighbour
    among the agent's items is left out of its slate.

    With ``Interactions.trust`` w it is w_ij = (R'diag(w)R)_ij, and |i|^2 the sum of trust (``Occurring.votes``).
    """

    class Config(Settings):
        """How many neighbours, and how wary of small counts."""

        neighbours: int = Field(default=100, ge=1)
        """How many of the most similar items speak for each item."""
        shrink: float = Field(default=0.0, ge=0)
        """Added to the product of the norms: the larger, the less a similarity of rarely chosen items counts."""

    weighs: ClassVar[bool] = True
    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        super().__init__(config, streams)

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> None:
        """Compute the similarities, target items in blocks; memory is that of the kept ones plus one block."""
        self._learn(Occurring.of(interactions))

    def forget(self, users: IntArray) -> Forgotten:
        """Exactly: common likers are counted again without them. As a count is cheap, that is what a fit does too."""
        n = len(np.intersect1d(users, self._occurring.users))
        self._learn(self._occurring.without(users))
        return Forgotten(n, exact=True, how="corrected")

    def _learn(self, occurring: Occurring) -> None:
        self._occurring = occurring
        by_user, by_item = occurring.weighted(), occurring.matrix.T.tocsr()
        norms = np.sqrt(occurring.votes())
        found: list[csr_array] = []
        for start in range(0, by_item.shape[0], _BLOCK):
            block = (by_item[start : start + _BLOCK] @ by_user).tocsr()
            found.append(self._nearest(block, norms, start))
        # rows are targets so far; a profile times the weights wants them as columns
        self._weights = csr_array(vstack(found, format="csr").T) if found else by_item

    def _nearest(self, block: csr_array, norms: FloatArray, start: int) -> csr_array:
        """(targets, items) similarities of the nearest neighbours of the items from ``start`` on."""
        block.sort_indices()
        rows = np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))
        targets, sources = rows + start, block.indices
        weights = (block.data / (norms[targets] * norms[sources] + self.config.shrink)).astype(np.float32)
        weights[targets == sources] = 0.0
        keep = weights > 0
        for row in np.flatnonzero(np.diff(block.indptr) > self.config.neighbours):
            part = slice(block.indptr[row], block.indptr[row + 1])
            keep[part] &= _largest(weights[part], self.config.neighbours)
        return csr_array((weights[keep], (rows[keep], sources[keep])), shape=block.shape)

    def score(self, agents: IntArray, items: IntArray, *, tick: int) -> FloatArray:
        """(agents, items) sums of similarities; -inf where there is none."""
        profiles = self._occurring.matrix[self._occurring.rows(agents)]
        scores = (profiles @ self._weights[:, self._occurring.columns(items)]).toarray()
        scores[scores == 0] = -np.inf
        return np.asarray(scores)

    def knows(self, agents: IntArray, items: IntArray) -> tuple[BoolArray, BoolArray]:
        """Those that occur in the history."""
        return self._occurring.known(agents, items)


def _largest(values: FloatArray, n: int) -> BoolArray:
    """Marks the ``n`` largest values, ties to the earlier place."""
    edge = np.partition(values, len(values) - n)[len(values) - n]
    above = values > edge
    level = values == edge
    marked: BoolArray = above | (level & (np.cumsum(level) <= n - above.sum()))
    return marked
