"""What a recommender learns from: who took to what, and when."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from townsquare.protocols.columns import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Interactions:
    """Positive feedback as columns, oldest first. Repeated (user, item) pairs may occur."""

    users: IntArray
    """(n,) user ids in 0 .. n_users - 1."""
    items: IntArray
    """(n,) item ids in 0 .. n_items - 1."""
    values: FloatArray
    """(n,) weight of each: 1.0 for a like, the rating for a rating."""
    ticks: IntArray
    """(n,) when."""
    n_users: int
    n_items: int

    def __len__(self) -> int:
        return len(self.users)

    def matrix(self) -> csr_array:
        """(n_users, n_items) binary float32: 1 where there is at least one interaction."""
        ones = np.ones(len(self.users), np.float32)
        matrix = csr_array((ones, (self.users, self.items)), shape=(self.n_users, self.n_items))
        matrix.sum_duplicates()
        matrix.data[:] = 1.0
        return matrix
