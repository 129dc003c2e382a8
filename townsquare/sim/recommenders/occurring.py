"""The users and items that occur in a history, renumbered without gaps."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from townsquare.protocols import BoolArray, FloatArray, IntArray, Interactions


@dataclass(frozen=True, slots=True)
class Occurring:
    """Which ids occur at least once, and their matrix.

    A town hands out item ids for as long as it runs, so that a history of 2,500 items may hold ids up to 250,000. What
    a model allocates must depend on the former number only.
    """

    users: IntArray
    """(n,) sorted ids of the users with at least one interaction; a user's row is its place here."""
    items: IntArray
    """(m,) sorted ids of the items with at least one interaction; an item's column is its place here."""
    matrix: csr_array
    """(n, m) float32: 1 where there is at least one interaction. Columns are sorted within a row."""
    trust: FloatArray | None = None
    """(n,) float64: how much each user counts in a fit; None where all count in full."""

    @classmethod
    def of(cls, interactions: Interactions) -> "Occurring":
        """Renumber a history; an empty one gives a 0 by 0 matrix."""
        users, rows = _renumber(interactions.users, interactions.n_users)
        items, columns = _renumber(interactions.items, interactions.n_items)
        ones = np.ones(len(rows), np.float32)
        matrix = csr_array((ones, (rows, columns)), shape=(len(users), len(items)))
        matrix.sum_duplicates()
        matrix.data[:] = 1.0
        trust = None if interactions.trust is None else interactions.trust[users]
        return cls(users, items, matrix, _unequal(trust))

    def without(self, users: IntArray) -> "Occurring":
        """What is left when ``users`` and all they did are gone."""
        stay = ~np.isin(self.users, users)
        matrix = self.matrix[stay]
        kept = np.flatnonzero(np.bincount(matrix.indices, minlength=len(self.items)))
        trust = None if self.trust is None else self.trust[stay]
        return Occurring(self.users[stay], self.items[kept], csr_array(matrix[:, kept]), _unequal(trust))

    def weighted(self) -> csr_array:
        """(n, m) the matrix, each row times its user's trust: what a fit is to take to heart."""
        return self.matrix if self.trust is None else self.times(self.trust)

    def times(self, factors: FloatArray) -> csr_array:
        """(n, m) float64: the matrix, each row times its factor."""
        data = np.repeat(factors.astype(np.float64), np.diff(self.matrix.indptr))
        return csr_array((data, self.matrix.indices, self.matrix.indptr), shape=self.matrix.shape)

    def votes(self) -> FloatArray:
        """(m,) float64: the trust of all who took to an item, summed up, but one at least.

        Otherwise two items that only distrusted users took to would be as similar as if everybody had.
        """
        factors = None if self.trust is None else np.repeat(self.trust, np.diff(self.matrix.indptr))
        counted = np.bincount(self.matrix.indices, weights=factors, minlength=len(self.items))
        return np.maximum(counted, 1.0)

    def rows(self, agents: IntArray) -> IntArray:
        """The row of each agent; -1 for those who do not occur."""
        return _places(self.users, agents)

    def columns(self, items: IntArray) -> IntArray:
        """The column of each item; -1 for those that do not occur."""
        return _places(self.items, items)

    def known(self, agents: IntArray, items: IntArray) -> tuple[BoolArray, BoolArray]:
        """Which agents and which items occur."""
        return self.rows(agents) >= 0, self.columns(items) >= 0


def _unequal(trust: FloatArray | None) -> FloatArray | None:
    """None where everybody is trusted in full, so that nothing at all differs from no trust."""
    if trust is None or bool((trust == 1.0).all()):
        return None
    return trust.astype(np.float64)


def _renumber(ids: IntArray, n_ids: int) -> tuple[IntArray, IntArray]:
    """The sorted distinct ids, and the place of each id among them; a table beats a sort of all rows."""
    occurs = np.zeros(n_ids, bool)
    occurs[ids] = True
    place = np.cumsum(occurs, dtype=np.int32) - 1
    return np.flatnonzero(occurs).astype(np.int32), place[ids]


def _places(among: IntArray, ids: IntArray) -> IntArray:
    """The place of each id in the sorted array ``among``, -1 where it is not there."""
    if not len(among):
        return np.full(len(ids), -1)
    places = np.minimum(np.searchsorted(among, ids), len(among) - 1)
    return np.where(among[places] == ids, places, -1)
