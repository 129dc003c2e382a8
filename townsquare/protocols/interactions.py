"""What a recommender learns from: who took to what, and when."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from townsquare.protocols.columns import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Scale:
    """The numbers that ratings may be."""

    low: float
    """The worst."""
    high: float
    """The best."""
    liked: float
    """From here on a rating counts as positive feedback."""
    step: float = 1.0
    """Distance between neighbouring ratings."""

    def nearest(self, values: FloatArray) -> FloatArray:
        """The ratings nearest to ``values``: on a step, and within the scale."""
        steps = np.rint((np.asarray(values, np.float64) - self.low) / self.step)
        return np.clip(self.low + steps * self.step, self.low, self.high)


@dataclass(frozen=True, slots=True)
class Interactions:
    """Feedback as columns, oldest first. Repeated (user, item) pairs may occur."""

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
    scale: Scale | None = None
    """Where the values are ratings, good and bad; None where every row is positive feedback."""
    texts: NDArray[np.object_] | None = None
    """(n,) str, the review that came with each, "" for none; None where nobody writes."""
    trust: FloatArray | None = None
    """(n_users,) from 0 to 1: how much each user's rows count in a fit. None: all the same."""

    def __len__(self) -> int:
        return len(self.users)

    def matrix(self) -> csr_array:
        """(n_users, n_items) binary float32: 1 where there is at least one interaction."""
        ones = np.ones(len(self.users), np.float32)
        matrix = csr_array((ones, (self.users, self.items)), shape=(self.n_users, self.n_items))
        matrix.sum_duplicates()
        matrix.data[:] = 1.0
        return matrix

    def where(self, rows: BoolArray) -> "Interactions":
        """The rows where ``rows`` holds; users and items keep their numbers."""
        return replace(
            self,
            users=self.users[rows],
            items=self.items[rows],
            values=self.values[rows],
            ticks=self.ticks[rows],
            texts=None if self.texts is None else self.texts[rows],
        )

    def positive(self) -> "Interactions":
        """Likes only: the ratings from ``scale.liked`` on, each of weight 1; everything, where nobody rates."""
        if self.scale is None:
            return self
        kept = self.where(self.values >= self.scale.liked)
        return replace(kept, values=np.ones(len(kept), np.float32), scale=None)

    def followed_by(self, other: "Interactions") -> "Interactions":
        """These rows and then ``other``'s; scale and trust are these rows', numbers of users and items grow."""
        texts = None
        if self.texts is not None or other.texts is not None:
            texts = np.concatenate([_texts(self), _texts(other)])
        return Interactions(
            np.concatenate([self.users, other.users]),
            np.concatenate([self.items, other.items]),
            np.concatenate([self.values, other.values]),
            np.concatenate([self.ticks, other.ticks]),
            max(self.n_users, other.n_users),
            max(self.n_items, other.n_items),
            self.scale,
            texts,
            self.trust,
        )


def _texts(part: Interactions) -> NDArray[np.object_]:
    return np.full(len(part), "", object) if part.texts is None else part.texts
