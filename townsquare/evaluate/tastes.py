"""What agents like, without being able to say so: a hidden model of taste, which is no recommender under test."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.special import ndtri

from townsquare.agents.histories import shares
from townsquare.evaluate.histories import Histories
from townsquare.protocols import FloatArray, IntArray, Streams, steady
from townsquare.protocols.workers import Workers
from townsquare.sim.measures.ranking import hits
from townsquare.sim.recommenders.truncated_svd import truncated_svd

_SHRINK = 5.0
"""Average ratings that every item is given on top of its own, so that a single one does not make it the best."""


@dataclass(frozen=True, slots=True)
class Tastes:
    """Match, quality and known ratings of any items for any people. Our reconstruction.

    The taste of a person is the truncated singular value decomposition of D_u^-1/2 R D_i^-1/2, R all their positive
    interactions **with those held out**: an agent knows its own taste, of which a recommender sees a part. An item's
    match is its place among all items by that affinity, as a standard normal; what the person took to without rating it
    is as good a match as there is.

    Limits: recommenders that factorise the same matrix are flattered a little; what nobody took to suits nobody; and
    data that record what was met, not what was liked, make tastes of what was met.
    """

    people: FloatArray
    """(users, d) rows of norm 1, on a grid of 2^-20."""
    goods: FloatArray
    """(items, d) on the same grid, the singular values in them."""
    taken: csr_array
    """(users, items) 1 for what a person took to; empty where they rate."""
    rated: tuple[IntArray, FloatArray]
    """Sorted keys user * items + item, and the ratings 1 to 5 behind them."""
    quality: FloatArray
    """(items,) standard normal: by mean rating (shrunk towards the mean of all), or by how many took to it."""

    @classmethod
    def of(cls, histories: Histories, rank: int, streams: Streams) -> "Tastes":
        """The tastes of everybody in the data."""
        n_users, n_items = len(histories.user_ids), len(histories.item_ids)
        rows = np.flatnonzero(histories.positive)
        users, items = histories.users[rows], histories.items[rows]
        by_user, by_item = np.bincount(users, minlength=n_users), np.bincount(items, minlength=n_items)
        weights = 1.0 / np.sqrt(by_user[users] * by_item[items].astype(np.float64))
        scaled = csr_array((weights.astype(np.float32), (users, items)), (n_users, n_items))
        left, sizes, right = truncated_svd(scaled, rank, streams.get("tastes"))
        people = np.asarray(left, np.float64)
        people = people / np.maximum(np.linalg.norm(people, axis=1, keepdims=True), 1e-12)
        goods = np.asarray(right, np.float64) * sizes
        stars = histories.stars()
        worth: FloatArray = by_item.astype(np.float64)
        keys: IntArray = np.zeros(0, np.int64)
        values: FloatArray = np.zeros(0)
        taken = csr_array((np.ones(len(rows)), (users, items)), (n_users, n_items))
        if stars is not None:
            taken = csr_array((n_users, n_items))
            counts = np.bincount(histories.items, minlength=n_items)
            worth = np.bincount(histories.items, stars - stars.mean(), minlength=n_items) / (counts + _SHRINK)
            keys = histories.users.astype(np.int64) * n_items + histories.items
            order = np.argsort(keys)
            keys, values = keys[order], stars[order]
        return cls(_grid(people), _grid(goods), taken, (keys, values), ndtri(shares(worth)))

    def vectors(self) -> FloatArray:
        """(items, d) what places items near each other that the same people took to."""
        return self.goods

    def match(self, agents: IntArray, items: IntArray, workers: int = 1) -> FloatArray:
        """(agents, k) for the items (agents, k) of each; -1 gives nan."""

        def block(rows: slice) -> FloatArray:
            affinity = steady(self.people[agents[rows]] @ self.goods.T)
            asked = np.take_along_axis(affinity, np.maximum(items[rows], 0), axis=1)
            affinity.sort(axis=1)
            share = np.empty(asked.shape)
            for row, (ordered, values) in enumerate(zip(affinity, asked, strict=True)):
                share[row] = np.searchsorted(ordered, values) + np.searchsorted(ordered, values, "right")
            return share / (2.0 * affinity.shape[1])

        share = np.concatenate([np.zeros((0, items.shape[1])), *Workers(workers).blocks(len(agents), block)])
        share[hits(items, self.taken[agents])] = 1.0 - 0.5 / len(self.goods)
        return np.where(items >= 0, ndtri(share), np.nan)

    def own(self, agents: IntArray, items: IntArray) -> FloatArray:
        """(agents, k) ratings the people really gave; nan where they gave none."""
        keys, values = self.rated
        if not len(keys):
            return np.full(items.shape, np.nan)
        wanted = agents[:, None].astype(np.int64) * len(self.goods) + items
        place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where((keys[place] == wanted) & (items >= 0), values[place], np.nan)


def _grid(values: FloatArray) -> FloatArray:
    return np.rint(values * 2.0**20) * 2.0**-20
