"""What people's histories say about them: how active, how conforming and how diverse they are.

The three traits are those of Agent4Rec (Zhang et al., SIGIR 2024). Its formulas are followed where the data allow; what
stands in for them elsewhere is ours, and each function says which. Traits are told as shares: the place of a person
among all people of the data, so that a person's traits do not hang on who else is drawn.
"""

from dataclasses import dataclass, fields

import numpy as np
from scipy.sparse import csr_array

from townsquare.protocols.columns import FloatArray, IntArray, steady
from townsquare.protocols.errors import InputError


@dataclass(frozen=True, slots=True)
class Traits:
    """(n,) each, in (0, 1): the share of people who have less of it, half of those with as much included."""

    activity: FloatArray
    conformity: FloatArray
    diversity: FloatArray

    def __len__(self) -> int:
        return len(self.activity)

    def of(self, rows: IntArray) -> "Traits":
        """The traits of some people, in the order asked."""
        return Traits(*(getattr(self, field.name)[rows] for field in fields(self)))


def traits(
    users: IntArray,
    items: IntArray,
    n_users: int,
    *,
    ratings: FloatArray | None = None,
    genres: csr_array | None = None,
    vectors: FloatArray | None = None,
) -> Traits:
    """The traits of all ``n_users`` people from everything they did: (n,) columns, one row per interaction.

    Args:
        users: who.
        items: with what.
        n_users: people are numbered from 0; one without a history has the lowest activity and the middle of the rest.
        ratings: what they gave; without, conformity is how popular their items are.
        genres: (items, genres) non-zero where an item is of a genre; without, diversity needs ``vectors``.
        vectors: (items, d) whatever places like items near each other.
    """
    busy = activity(users, n_users)
    agreeing = mainstream(users, items, n_users) if ratings is None else -deviation(users, items, ratings, n_users)
    if genres is not None:
        varied = breadth(users, items, genres, n_users)
    elif vectors is not None:
        varied = spread(users, items, vectors, n_users)
    else:
        raise InputError("traits: diversity needs the genres of the items, or vectors of them.")
    there = busy > 0
    return Traits(shares(busy), *(_among(values, there) for values in (agreeing, varied)))


def activity(users: IntArray, n_users: int) -> FloatArray:
    """(n_users,) number of interactions. Published: Agent4Rec's T_act."""
    return np.bincount(users, minlength=n_users).astype(np.float64)


def deviation(users: IntArray, items: IntArray, ratings: FloatArray, n_users: int) -> FloatArray:
    """(n_users,) 1/n_u sum over i of (r_ui - mean_i)^2, with mean_i over all ratings of item i, the own one included.

    Published: Agent4Rec's T_conf. The smaller, the more conforming; 0 for people without a rating.
    """
    counts = np.bincount(items)
    means = np.bincount(items, ratings) / np.maximum(counts, 1)
    return _mean(users, (ratings - means[items]) ** 2, n_users)


def mainstream(users: IntArray, items: IntArray, n_users: int) -> FloatArray:
    """(n_users,) mean over the person's items of the item's place by popularity, in (0, 1); 0 without items. Ours:

    where nobody rates, choosing what most choose is the only conformity there is to see.
    """
    counts = np.bincount(items)
    seen = np.flatnonzero(counts)
    place = np.zeros(len(counts))
    place[seen] = shares(counts[seen].astype(np.float64))
    return _mean(users, place[items], n_users)


def breadth(users: IntArray, items: IntArray, genres: csr_array, n_users: int) -> FloatArray:
    """(n_users,) exp(-sum p log p) genres, p_g the share of genre g in the person's history; 0 without one.

    An item of several genres counts in equal parts. Agent4Rec counts the genres met (T_div), which on MovieLens is
    nearly all of them for most people; the effective number (Hill number of order 1) tells them apart. Ours in that.
    """
    sizes = np.maximum(np.diff(genres.indptr), 1)
    even = csr_array((np.repeat(1.0 / sizes, np.diff(genres.indptr)), genres.indices, genres.indptr), genres.shape)
    history = csr_array((np.ones(len(users)), (users, items)), (n_users, genres.shape[0]))
    counts = (history @ even).toarray()
    total = counts.sum(axis=1, keepdims=True)
    p = counts / np.maximum(total, 1e-12)
    entropy = -np.sum(np.where(p > 0, p * np.log(np.where(p > 0, p, 1.0)), 0.0), axis=1)
    return np.where(total[:, 0] > 0, np.exp(entropy), 0.0)


def spread(users: IntArray, items: IntArray, vectors: FloatArray, n_users: int) -> FloatArray:
    """(n_users,) 1 - mean cosine of two different interactions of a person: 1 - (|sum v|^2 - n) / (n (n - 1)).

    Over items with a vector; 0 for people with fewer than two of them. Ours, where items have no genres.
    """
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 1e-12)
    kept = norms[items, 0] > 1e-12
    history = csr_array((np.ones(int(kept.sum())), (users[kept], items[kept])), (n_users, len(vectors)))
    n = np.bincount(users[kept], minlength=n_users).astype(np.float64)
    together = ((history @ unit) ** 2).sum(axis=1)
    return np.where(n > 1, 1.0 - (together - n) / np.maximum(n * (n - 1), 1.0), 0.0)


def shares(values: FloatArray) -> FloatArray:
    """(n,) in (0, 1): the share of values below each, half of the equal ones (itself among them) included."""
    ordered = np.sort(steady(values))
    rounded = steady(values)
    below, to = (np.searchsorted(ordered, rounded, side) for side in ("left", "right"))
    return (below + to) / (2.0 * max(len(values), 1))


def _among(values: FloatArray, there: np.ndarray) -> FloatArray:
    found = np.full(len(values), 0.5)
    found[there] = shares(values[there])
    return found


def _mean(users: IntArray, values: FloatArray, n_users: int) -> FloatArray:
    counts = np.bincount(users, minlength=n_users)
    return np.bincount(users, values, minlength=n_users) / np.maximum(counts, 1)
