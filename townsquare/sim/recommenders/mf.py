"""Matrix factorisation with biases, on ratings."""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np
from pydantic import Field
from scipy.sparse import csc_array, csr_array

from townsquare.protocols import (
    BoolArray,
    Catalogue,
    FloatArray,
    InputError,
    IntArray,
    Interactions,
    Scorer,
    Settings,
    Streams,
    steady,
)
from townsquare.sim.recommenders.factors import Factors
from townsquare.sim.recommenders.occurring import Occurring

_BATCH = 4096  # ratings that are looked at before the model moves
_PAIRS = 16_384  # predictions that are made at once
_REPEATS = 32  # how often, on average, one user or item may occur among them


class MF(Scorer):
    """Predict ratings: r_ui = mu + b_u + b_i + p_u q_i, fitted by stochastic gradient descent.

    Minimises sum (r_ui - prediction)^2 + regularisation (b_u^2 + b_i^2 + |p_u|^2 + |q_i|^2) over the ratings (Koren,
    Bell and Volinsky, IEEE Computer 2009, eq. 5). The defaults are those of the "SVD" of the package Surprise, which
    steps rating by rating; here a step takes a batch that is so small that no user or item is in it often.

    First values and batches are drawn by the names of user and item, not by their place: two logs that share most
    ratings, one of them attacked, say, are fitted with the same luck.

    With ``Interactions.trust`` a user's ratings pull at mu and at its items by its trust. Its own b_u and p_u, on which
    nobody else depends, follow all of its ratings in full: the weighted problem has the same optimum for them.
    """

    class Config(Settings):
        """Size of the model and of its fit."""

        factors: int = Field(default=100, ge=0)
        """Numbers per user and item; 0 leaves the biases alone."""
        epochs: int = Field(default=20, ge=0)
        """How often each rating is looked at."""
        rate: float = Field(default=0.005, gt=0)
        """Length of a step."""
        regularisation: float = Field(default=0.02, ge=0)
        """Pull towards zero, per rating: the larger, the smoother."""
        spread: float = Field(default=0.1, ge=0)
        """Standard deviation of the factors before the first step."""

    needs: ClassVar[tuple[str, ...]] = ("ratings",)
    weighs: ClassVar[bool] = True
    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        super().__init__(config, streams)

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> None:
        """Learn from scratch; InputError where the interactions are no ratings."""
        if interactions.scale is None:
            raise InputError("recommender 'mf' needs ratings on a scale; these interactions have none.")
        occurring = Occurring.of(interactions)
        weights = np.ones(len(interactions), np.float32)
        if interactions.trust is not None:
            weights = interactions.trust[interactions.users].astype(np.float32)
        total = weights.sum(dtype=np.float64)
        self._mean = (interactions.scale.low + interactions.scale.high) / 2
        if total > 0:
            self._mean = float(steady((weights * interactions.values).sum(dtype=np.float64) / total))
        users, items = self._descend(interactions, occurring, weights)
        self._factors = Factors.of(occurring, users, items)

    def _descend(
        self, ratings: Interactions, occurring: Occurring, weights: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """(n, d + 2) users [1, b_u, p_u] and (m, d + 2) items [b_i, 1, q_i], rows as in ``occurring``.

        The bias of one side meets the constant of the other: a product of two rows is the prediction less mu.
        """
        users = self._started("users", occurring.users, 0)
        items = self._started("items", occurring.items, 1)
        batches = _batches(ratings, occurring, self._mean, weights, self.streams)
        rng = self.streams.get("recommender", "mf")
        with np.errstate(over="ignore", invalid="ignore"):
            for _ in range(self.config.epochs):
                for place in rng.permutation(len(batches)):
                    _step(batches[place], users, items, self.config)
        if not (np.isfinite(users).all() and np.isfinite(items).all()):
            raise InputError(
                f"recommender 'mf': with rate = {self.config.rate:g} the fit ran away to infinity; take a smaller rate."
            )
        return users, items

    def _started(self, side: str, ids: IntArray, constant: int) -> FloatArray:
        """Rows before the first step: factors drawn by id, a bias of 0, and a 1 in the column ``constant``."""
        rows = np.zeros((len(ids), self.config.factors + 2), np.float32)
        rows[:, constant] = 1.0
        drawn = self.streams.normal(f"mf {side}", 0, ids[:, None], np.arange(self.config.factors))
        rows[:, 2:] = self.config.spread * drawn
        return rows

    def score(self, agents: IntArray, items: IntArray, *, tick: int) -> FloatArray:
        """(agents, items) predicted ratings, not clipped to the scale, so that they can be ranked."""
        return self._mean + self._factors.score(agents, items)

    def predict(self, users: IntArray, items: IntArray) -> FloatArray:
        """(n,) predicted rating of ``items[j]`` by ``users[j]``, not clipped to the scale.

        What does not occur in the ratings has neither bias nor factors: it is predicted by what is left.
        """
        rows, columns = self._factors.occurring.rows(users), self._factors.occurring.columns(items)
        # the row -1 is a user, or an item, of whom only the constant is known
        people = np.vstack([self._factors.users, _constant(self.config.factors, 0)])
        things = np.vstack([self._factors.items, _constant(self.config.factors, 1)])
        found = np.empty(len(rows))
        for start in range(0, len(rows), _PAIRS):
            pairs = slice(start, start + _PAIRS)
            found[pairs] = np.einsum("nd,nd->n", people[rows[pairs]], things[columns[pairs]])
        return self._mean + found

    def knows(self, agents: IntArray, items: IntArray) -> tuple[BoolArray, BoolArray]:
        """Those that occur in the ratings."""
        return self._factors.occurring.known(agents, items)


def _constant(factors: int, column: int) -> FloatArray:
    row = np.zeros(factors + 2)
    row[column] = 1.0
    return row


@dataclass(frozen=True, slots=True)
class _Batch:
    """Some ratings, sorted by user, and the place of each in the small matrix of their users and items."""

    users: IntArray
    """Rows of the users in it, each once."""
    items: IntArray
    """Columns of the items in it, each once."""
    user: IntArray
    """(n,) index into ``users``."""
    item: IntArray
    """(n,) index into ``items``."""
    ratings: FloatArray
    """(n,) less mu."""
    weights: FloatArray
    """(n,)"""
    errors: csr_array
    """(users, items): its data is overwritten in each step."""
    weighted: csc_array
    """(items, users): the same times the weights."""
    by_user: FloatArray
    """(users, 1) number of ratings."""
    by_item: FloatArray
    """(items, 1) sum of weights."""


def _batches(
    ratings: Interactions, occurring: Occurring, mean: float, weights: FloatArray, streams: Streams
) -> list[_Batch]:
    """All ratings, each in a batch drawn by its user and item."""
    rows, columns = occurring.rows(ratings.users), occurring.columns(ratings.items)
    if not len(rows):
        return []
    most = max(np.bincount(rows).max(), np.bincount(columns).max())
    size = min(_BATCH, _REPEATS * len(rows) / most)
    n = int(np.ceil(len(rows) / size))
    drawn = (n * streams.uniform("mf batch", 0, ratings.users, ratings.items)).astype(np.int32)
    order = np.lexsort((columns, rows, drawn))
    edges = np.searchsorted(drawn[order], np.arange(n + 1))
    values = (ratings.values - mean).astype(np.float32)
    parts = [order[a:b] for a, b in pairwise(edges) if b > a]
    return [_batch(rows[part], columns[part], values[part], weights[part]) for part in parts]


def _batch(rows: IntArray, columns: IntArray, ratings: FloatArray, weights: FloatArray) -> _Batch:
    users, starts, user = np.unique(rows, return_index=True, return_inverse=True)
    items, item = np.unique(columns, return_inverse=True)
    user, item = user.astype(np.int32), item.astype(np.int32)
    # repeated pairs stay apart, so the columns of a row are not unique; products do not mind
    edges = np.append(starts, len(rows)).astype(np.int32)
    errors = csr_array((np.zeros(len(rows), np.float32), item, edges), shape=(len(users), len(items)))
    weighted = csc_array((np.zeros(len(rows), np.float32), item, edges), shape=(len(items), len(users)))
    return _Batch(
        users,
        items,
        user,
        item,
        ratings,
        weights,
        errors,
        weighted,
        np.diff(edges).astype(np.float32)[:, None],
        np.bincount(item, weights=weights).astype(np.float32)[:, None],
    )


def _step(batch: _Batch, users: FloatArray, items: FloatArray, config: MF.Config) -> None:
    """Move the users and items of a batch along its gradient, both from where they were before."""
    p, q = users[batch.users], items[batch.items]
    errors = batch.ratings - np.einsum("nd,nd->n", p[batch.user], q[batch.item])
    batch.errors.data[:] = errors
    batch.weighted.data[:] = errors * batch.weights
    for_users = batch.errors @ q - (config.regularisation * batch.by_user) * p
    for_items = batch.weighted @ p - (config.regularisation * batch.by_item) * q
    for_users[:, 0] = 0.0  # the constants stay
    for_items[:, 1] = 0.0
    users[batch.users] = p + config.rate * for_users
    items[batch.items] = q + config.rate * for_items
