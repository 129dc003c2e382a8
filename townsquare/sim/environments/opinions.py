"""What customers of a shop will think of its items, which they themselves find out only by taking them."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from townsquare.protocols.catalogue import Catalogue
from townsquare.protocols.columns import FloatArray, IntArray, steady
from townsquare.protocols.interactions import Interactions, Scale
from townsquare.protocols.streams import Streams
from townsquare.sim.recommenders.mf import MF


class Opinions(Protocol):
    """Expected ratings, before anybody's noise."""

    def of(self, customers: IntArray, items: IntArray) -> FloatArray:
        """What each of ``customers`` thinks of its row of ``items``: (n, k) from (n,) and (n, k), not clipped."""


@dataclass(frozen=True, slots=True)
class MadeUp:
    """mu + b_u + b_i + p_u q_i, all of them drawn; items of a category are alike. Our reconstruction."""

    mean: float
    people: FloatArray
    """(n,) how much kinder than the mean each customer is."""
    goods: FloatArray
    """(m,) how much better than the mean each item is."""
    tastes: FloatArray
    """(n, d)"""
    characters: FloatArray
    """(m, d)"""

    @classmethod
    def drawn(cls, n: int, categories: IntArray, dimensions: int, scale: Scale, streams: Streams) -> "MadeUp":
        """The opinions of ``n`` customers of items of these ``categories``, (m,) numbers from 0."""
        people, goods = streams.get("shop", "customers"), streams.get("shop", "items")
        width = (scale.high - scale.low) / 4  # deviations are those of a scale from 1 to 5
        kinds = goods.normal(size=(int(categories.max(initial=0)) + 1, dimensions))
        characters = 0.8 * kinds[categories] + 0.6 * goods.normal(size=(len(categories), dimensions))
        return cls(
            scale.low + 0.62 * (scale.high - scale.low),
            0.35 * width * people.normal(size=n),
            0.45 * width * goods.normal(size=len(categories)),
            0.75 * width / np.sqrt(dimensions) * people.normal(size=(n, dimensions)),
            characters,
        )

    def of(self, customers: IntArray, items: IntArray) -> FloatArray:
        """See ``Opinions.of``."""
        held = np.maximum(items, 0)
        match = np.einsum("nd,nkd->nk", self.tastes[customers], self.characters[held])
        return steady(self.mean + self.people[customers][:, None] + self.goods[held] + match, 6)


class Learnt:
    """What real ratings tell: a matrix factorisation with biases of all of them.

    It is a taste that a recommender of the same kind (``mf``) finds again more easily than one of another kind.
    """

    def __init__(self, log: Interactions, dimensions: int, streams: Streams) -> None:
        config = MF.Config(factors=dimensions, epochs=40, rate=0.01, regularisation=0.05)
        self._model = MF(config, streams)
        self._model.fit(log, Catalogue.bare(log.n_items))

    def of(self, customers: IntArray, items: IntArray) -> FloatArray:
        """See ``Opinions.of``; who or what nobody rated is as the mean of all."""
        held = np.maximum(items, 0)
        told = self._model.predict(np.repeat(customers, held.shape[1]), held.ravel())
        return steady(told.reshape(held.shape).astype(np.float64), 6)
