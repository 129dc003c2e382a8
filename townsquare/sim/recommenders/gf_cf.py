"""A low-pass filter on the graph of users and items."""

from typing import ClassVar

import numpy as np
from pydantic import Field
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import svds

from townsquare.protocols import (
    BoolArray,
    Catalogue,
    FloatArray,
    IntArray,
    Interactions,
    Scorer,
    Settings,
    Streams,
    steady,
)
from townsquare.sim.recommenders.occurring import Occurring


class GFCF(Scorer):
    """A graph filter: similarity of items one step apart, plus a share of the leading directions of the matrix.

    Scores r_u (N'N + alpha D^-1/2 V V' D^1/2) (Shen et al., CIKM 2021, eq. 9).
    N is the matrix divided by the square roots of its row and column sums, D the column sums, V the leading right
    singular vectors of N. Up to ``dense_items`` items the product is held as one dense matrix (4 bytes a cell);
    above, the two parts are applied one after the other and nothing of that size is ever built.

    With ``Interactions.trust`` w the column sums are sums of trust (``Occurring.votes``), and N'N becomes N'diag(w)N.
    """

    class Config(Settings):
        """How smooth the filter is."""

        rank: int | None = Field(default=None, ge=1)
        """Singular vectors kept; without it min(256, items // 20). Never more than the matrix allows."""
        alpha: float = Field(default=0.3, ge=0)
        """Weight of the smooth part."""
        dense_items: int = Field(default=6_000, ge=0)
        """The most items for which a dense item-by-item matrix is built."""

    weighs: ClassVar[bool] = True
    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        super().__init__(config, streams)

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> None:
        """Normalise the matrix, take its leading singular vectors, and if it is small multiply everything out."""
        self._occurring = Occurring.of(interactions)
        ratings = self._occurring.matrix.astype(np.float64)
        by_user, by_item = np.asarray(ratings.sum(axis=1)), self._occurring.votes()
        normal = csr_array(diags_array(by_user**-0.5) @ ratings @ diags_array(by_item**-0.5))
        if self._occurring.trust is not None:
            normal = csr_array(diags_array(np.sqrt(self._occurring.trust)) @ normal)
        smooth = self._singular_vectors(normal)
        # rows take what an agent took to into the space of the singular vectors, columns bring it back
        self._into = smooth / np.sqrt(by_item)[:, None]
        self._back = self.config.alpha * smooth.T * np.sqrt(by_item)
        self._near = csr_array(normal.T @ normal).astype(np.float32)
        self._dense: FloatArray | None = None
        if len(by_item) <= self.config.dense_items:
            self._dense = steady(self._near.toarray() + self._into @ self._back, 7).astype(np.float32)

    def _singular_vectors(self, normal: csr_array) -> FloatArray:
        """(items, rank) leading right singular vectors; their signs are arbitrary and cancel in V V'."""
        n_users, n_items = normal.shape
        wanted = self.config.rank if self.config.rank is not None else min(256, n_items // 20)
        rank = min(wanted, min(n_users, n_items) - 1)
        if rank < 1 or self.config.alpha == 0:
            return np.zeros((n_items, 0))
        start = self.streams.get("recommender", "gf-cf").standard_normal(min(n_users, n_items))
        vectors: FloatArray = svds(normal, k=rank, v0=start)[2].T
        return vectors

    def score(self, agents: IntArray, items: IntArray, *, tick: int) -> FloatArray:
        """(agents, items) scores."""
        profiles = self._occurring.matrix[self._occurring.rows(agents)]
        columns = self._occurring.columns(items)
        everything = len(columns) == len(self._occurring.items)
        if self._dense is not None:
            return np.asarray(profiles @ (self._dense if everything else self._dense[:, columns]))
        near = (profiles @ (self._near if everything else self._near[:, columns])).toarray()
        near += (profiles @ self._into) @ self._back[:, columns]
        return np.asarray(near)

    def knows(self, agents: IntArray, items: IntArray) -> tuple[BoolArray, BoolArray]:
        """Those that occur in the history."""
        return self._occurring.known(agents, items)
