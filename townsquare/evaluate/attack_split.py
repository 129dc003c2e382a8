"""What recommenders learn from and what is held out of genuine users' ratings, for one seed."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from townsquare.protocols import BoolArray, IntArray, Interactions, Streams


@dataclass(frozen=True)
class HonestSplit:
    """Genuine ratings, in two parts."""

    whole: Interactions
    train: Interactions
    test: Interactions

    @classmethod
    def of(cls, log: Interactions, share: float, seed: int) -> "HonestSplit":
        """``share`` of each user's rows is held out at random, one at least of two or more."""
        luck = Streams(seed).uniform("held out", 0, log.users, log.items)
        order = np.lexsort((luck, log.users))
        counts = np.bincount(log.users, minlength=log.n_users)
        given = np.where(counts > 1, np.maximum(1, np.floor(share * counts)), 0).astype(np.int64)
        place = np.arange(len(log)) - np.repeat(np.cumsum(counts) - counts, counts)
        out = np.zeros(len(log), bool)
        out[order] = place >= np.repeat(counts - given, counts)
        return cls(log, log.where(~out), log.where(out))

    @cached_property
    def rated(self) -> csr_array:
        """(users, items) what they are not shown again."""
        return self.train.matrix()

    @cached_property
    def relevant(self) -> csr_array:
        """(users, items) held-out ratings that are positive."""
        return self.test.positive().matrix()

    @cached_property
    def unrated(self) -> IntArray:
        """(users,) how many items each can be shown."""
        return self.whole.n_items - np.diff(self.rated.indptr)

    def strangers(self, target: int) -> BoolArray:
        """(users,) who rated something, but never ``target``, held out or not."""
        there: BoolArray = np.bincount(self.train.users, minlength=self.whole.n_users) > 0
        there[self.whole.users[self.whole.items == target]] = False
        return there

    def had(self, users: IntArray) -> IntArray:
        """(len(users), m) items that each rated in the part that is learnt from, -1 as padding."""
        rows = self.rated[users]
        lengths = np.diff(rows.indptr)
        width = int(lengths.max(initial=0))
        found = np.full((len(users), width), -1, np.int64)
        found[np.arange(width) < lengths[:, None]] = rows.indices
        return found
