"""The ratings of a log, each pair of user and item once."""

from typing import NamedTuple

import numpy as np

from townsquare.protocols import FloatArray, InputError, IntArray, Interactions


class Rated(NamedTuple):
    """Ratings as columns, sorted by user and then by item; of a repeated pair the last rating counts."""

    users: IntArray
    items: IntArray
    values: FloatArray
    n_users: int
    n_items: int

    @classmethod
    def of(cls, log: Interactions) -> "Rated":
        """Of any log; one without a scale gives its weights."""
        keys = (np.asarray(log.users, np.int64) * max(log.n_items, 1) + log.items)[::-1]
        pairs, last = np.unique(keys, return_index=True)
        values = np.asarray(log.values, np.float64)[::-1][last]
        return cls(pairs // max(log.n_items, 1), pairs % max(log.n_items, 1), values, log.n_users, log.n_items)

    @classmethod
    def on_scale(cls, name: str, log: Interactions) -> "Rated":
        """The same, for a detector that cannot do without ratings; InputError where there are none."""
        if log.scale is None:
            raise InputError(f"detector {name!r} needs ratings on a scale, and these interactions have none.")
        return cls.of(log)

    def lengths(self) -> IntArray:
        """(n_users,) how many items each user rated."""
        return np.bincount(self.users, minlength=self.n_users)

    def raters(self) -> IntArray:
        """(n_items,) how many users rated each item."""
        return np.bincount(self.items, minlength=self.n_items)

    def by_user(self, terms: FloatArray) -> FloatArray:
        """(n_users,) the sum of one term per rating."""
        found: FloatArray = np.bincount(self.users, terms, self.n_users).astype(np.float64)
        return found
