"""Items that a user has not taken to."""

import numpy as np
from scipy.sparse import csr_array

from townsquare.protocols import BoolArray, IntArray

_ROUNDS = 20


class Negatives:
    """Draws for every interaction (u, i) an item j, uniform among those that u did not take to.

    A draw that hits something u took to is repeated, up to twenty times; an interaction of a user who took to nearly
    everything may thus find none, and is left out of that draw.
    """

    def __init__(self, matrix: csr_array) -> None:
        self._n_users, self._n_items = matrix.shape
        self._users = np.repeat(np.arange(self._n_users, dtype=np.int32), np.diff(matrix.indptr))
        self._items = matrix.indices.astype(np.int32)
        self._taken = np.sort(self._users.astype(np.int64) * self._n_items + self._items)

    def draw(self, rng: np.random.Generator) -> tuple[IntArray, IntArray, IntArray]:
        """Users, items they took to, items they did not: columns of equal length."""
        passed = rng.integers(self._n_items, size=len(self._users), dtype=np.int32)
        open_rows = np.arange(len(self._users))
        for _ in range(_ROUNDS):
            open_rows = open_rows[self._is_taken(self._users[open_rows], passed[open_rows])]
            if not len(open_rows):
                return self._users, self._items, passed
            passed[open_rows] = rng.integers(self._n_items, size=len(open_rows), dtype=np.int32)
        open_rows = open_rows[self._is_taken(self._users[open_rows], passed[open_rows])]
        good = np.ones(len(passed), bool)
        good[open_rows] = False
        return self._users[good], self._items[good], passed[good]

    def _is_taken(self, users: IntArray, items: IntArray) -> BoolArray:
        pairs = users.astype(np.int64) * self._n_items + items
        places = np.minimum(np.searchsorted(self._taken, pairs), len(self._taken) - 1)
        taken: BoolArray = self._taken[places] == pairs
        return taken
