"""The users and items that occur in a history, renumbered without gaps."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from townsquare.protocols import BoolArray, IntArray, Interactions


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

    @classmethod
    def of(cls, interactions: Interactions) -> "Occurring":
        """Renumber a history; an empty one gives a 0 by 0 matrix."""
        users, rows = _renumber(interactions.users, interactions.n_users)
        items, columns = _renumber(interactions.items, interactions.n_items)
        ones = np.ones(len(rows), np.float32)
        matrix = csr_array((ones, (rows, columns)), shape=(len(users), len(items)))
        matrix.sum_duplicates()
        matrix.data[:] = 1.0
        return cls(users, items, matrix)

    def rows(self, agents: IntArray) -> IntArray:
        """The row of each agent; -1 for those who do not occur."""
        return _places(self.users, agents)

    def columns(self, items: IntArray) -> IntArray:
        """The column of each item; -1 for those that do not occur."""
        return _places(self.items, items)

    def known(self, agents: IntArray, items: IntArray) -> tuple[BoolArray, BoolArray]:
        """Which agents and which items occur."""
        return self.rows(agents) >= 0, self.columns(items) >= 0


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
