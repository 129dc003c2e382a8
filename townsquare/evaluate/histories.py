"""Who took to what, what they thought of it, and which part of it recommenders may not see."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.sparse import csr_array

from townsquare.protocols import BoolArray, DataError, FloatArray, IntArray, Interactions, Streams


@dataclass(frozen=True, slots=True)
class Histories:
    """A data set: one row per interaction, people and items numbered from 0."""

    name: str
    users: IntArray
    """(n,)"""
    items: IntArray
    """(n,)"""
    positive: BoolArray
    """(n,) what recommenders learn from, and what is held out; the rest (bad ratings) is known to the person only."""
    ratings: FloatArray | None
    """(n,) as given; None where nobody rates."""
    times: FloatArray | None
    """(n,)"""
    held: BoolArray | None
    """(n,) held out, where the data come split; else None."""
    user_ids: tuple[str, ...]
    item_ids: tuple[str, ...]
    texts: tuple[str, ...] | None
    """Titles of the items; None where there are none."""
    genres: csr_array | None
    """(items, genres) 1 where an item is of a genre; None where nobody says."""

    def stars(self) -> FloatArray | None:
        """(n,) ratings on the scale 1 to 5, the lowest rating of the data being 1 and the highest 5."""
        if self.ratings is None:
            return None
        low, high = float(self.ratings.min()), float(self.ratings.max())
        return 1.0 + 4.0 * (self.ratings - low) / (high - low) if high > low else np.full(len(self.ratings), 5.0)

    def split(self, how: Literal["random", "time"], share: float, streams: Streams) -> "Split":
        """What recommenders learn from, and what is held out.

        Each person gives up max(1, floor(share * n)) of their n positive interactions, nobody with a single one gives
        it up: those with the largest random number of (person, item), or the latest (of the same time, by that number).
        Nobody's split hangs on anybody else. Raises DataError for ``time`` without times.
        """
        rows = np.flatnonzero(self.positive)
        if self.held is not None:
            return Split(self, rows[~self.held[rows]], rows[self.held[rows]])
        if how == "time" and self.times is None:
            raise DataError(f"{self.name} has no timestamps: nobody can say what came last (split: random).")
        users = self.users[rows]
        luck = streams.uniform("held out", 0, users, self.items[rows])
        order = np.lexsort((luck, *([self.times[rows]] if how == "time" and self.times is not None else []), users))
        counts = np.bincount(users, minlength=len(self.user_ids))
        given = np.where(counts > 1, np.maximum(1, np.floor(share * counts)), 0).astype(np.int64)
        place = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
        out = np.zeros(len(rows), bool)
        out[order] = place >= np.repeat(counts - given, counts)
        return Split(self, rows[~out], rows[out])


@dataclass(frozen=True, slots=True)
class Split:
    """Rows of the histories; both parts in their order."""

    of: Histories
    known: IntArray
    held: IntArray

    def interactions(self) -> Interactions:
        """What recommenders learn from, oldest first where times are known; ticks number the different times."""
        whole, rows = self.of, self.known
        ticks = np.zeros(len(rows), np.int64)
        if whole.times is not None and len(rows):
            rows = rows[np.argsort(whole.times[rows], kind="stable")]
            ticks = np.unique(whole.times[rows], return_inverse=True)[1]
        ones = np.ones(len(rows))
        return Interactions(
            whole.users[rows], whole.items[rows], ones, ticks.astype(np.int32), len(whole.user_ids), len(whole.item_ids)
        )

    def relevant(self) -> csr_array:
        """(users, items) 1 where something is held out."""
        shape = (len(self.of.user_ids), len(self.of.item_ids))
        found = csr_array((np.ones(len(self.held)), (self.of.users[self.held], self.of.items[self.held])), shape)
        found.sum_duplicates()
        return found

    def able(self, least: int) -> BoolArray:
        """(users,) who has something held out, and at least ``least`` interactions that are known."""
        n = len(self.of.user_ids)
        known = np.bincount(self.of.users[self.known], minlength=n)
        held: BoolArray = np.bincount(self.of.users[self.held], minlength=n) > 0
        return held & (known >= least)
