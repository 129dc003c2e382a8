"""Who listens to whom: a sparse matrix and the ids that people gave its nodes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp


@dataclass(frozen=True, slots=True)
class Graph:
    """n nodes, numbered from 0 inside, with the user's own ids outside. Directed or not."""

    weights: sp.csr_array
    """(n, n) float32, indices sorted, no duplicates, no self-loops; entry (i, j) > 0: i listens to (follows) j.
    Symmetric where the graph is undirected, so that every edge stands in it twice.
    """
    ids: Sequence[str]
    """(n,) distinct."""
    directed: bool = False

    def __len__(self) -> int:
        return int(self.weights.shape[0])

    @property
    def edges(self) -> int:
        """How many edges (undirected) or arcs (directed) there are."""
        return int(self.weights.nnz if self.directed else self.weights.nnz // 2)

    def pairs(self) -> "np.ndarray[tuple[int, int], np.dtype[np.int64]]":
        """(edges, 2) node numbers: listener and source; of an undirected edge the lower number first; in row order."""
        coo = self.weights.tocoo()
        both = np.stack([coo.row, coo.col], axis=1).astype(np.int64)
        return both if self.directed else both[both[:, 0] < both[:, 1]]
