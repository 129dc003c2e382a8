"""Fakes whose items are spread over hits and rarities as nobody else's are."""

from typing import ClassVar

import numpy as np
from pydantic import Field

from townsquare.protocols import Catalogue, FloatArray, IntArray, Interactions, Settings, Streams, Suspicion, steady
from townsquare.sim.detectors.flagging import Flag, flagged, present
from townsquare.sim.detectors.rated import Rated


class PopularityProfile:
    """How far the popularities of a user's items are from those of everybody's. Our reconstruction after PopSAD.

    PopSAD (Li et al. 2016; we know the idea, not the details) tells fakes by the distribution of the popularity of
    what they rate. Here items are sorted by their number of raters and cut into ``bins`` that hold nearly the same
    number of ratings each. A user's histogram over the bins, with ``prior`` ratings of the average user added so that
    a short profile has to be far off to stand out, is compared with the mean histogram of all users by the
    Jensen-Shannon divergence (nats). Ratings do not matter. Among genuine users, fakes are expected to be few.
    """

    needs: ClassVar[tuple[str, ...]] = ()

    class Config(Settings):
        """How finely popularity is divided, and how many to accuse."""

        bins: int = Field(default=10, ge=2)
        """Classes of popularity."""
        prior: float = Field(default=10.0, ge=0)
        """Ratings of the average user that are added to each profile."""
        flag: Flag = 0.05
        """Whom to call fake: 0.05 for this share of the users, 50 for so many, "gap" for all above the largest gap."""

    def __init__(self, config: Config, streams: Streams) -> None:
        """``streams`` is not used: nothing is drawn."""
        self.config = config

    def learn(self, log: Interactions, catalogue: Catalogue, fake: IntArray) -> None:
        """Nothing to learn."""

    def inspect(self, log: Interactions, catalogue: Catalogue, seeds: IntArray) -> Suspicion:
        """Divergences of all users; 0 for those without rows."""
        there = present(log)
        scores = np.zeros(log.n_users)
        if there.any():
            scores[there] = steady(self._divergence(Rated.of(log))[there])
        return Suspicion(scores, flagged(scores, there, self.config.flag))

    def _divergence(self, rated: Rated) -> FloatArray:
        """(n_users,) from the mean histogram, 0 to log 2."""
        n_bins, n = self.config.bins, rated.lengths()[:, None]
        cells = rated.users * n_bins + _bins(rated.raters(), n_bins)[rated.items]
        counts = np.bincount(cells, minlength=rated.n_users * n_bins).reshape(-1, n_bins)
        mean = (counts / np.maximum(n, 1)).sum(axis=0) / (n > 0).sum()
        own = (counts + self.config.prior * mean) / np.maximum(n + self.config.prior, 1e-300)
        middle = (own + mean) / 2
        return (_relative(own, middle) + _relative(mean, middle)) / 2


def _bins(raters: IntArray, n_bins: int) -> IntArray:
    """(n_items,) the bin of each item, rare ones first; items with equally many raters share one."""
    levels, level, n_items = np.unique(raters, return_inverse=True, return_counts=True)
    ratings = levels * n_items
    # the middle of a level's ratings says where all of it goes; doubled, to stay with whole numbers
    middle = 2 * np.cumsum(ratings) - ratings
    found: IntArray = (n_bins * middle // max(2 * int(ratings.sum()), 1))[level]
    return np.minimum(found, n_bins - 1)


def _relative(p: FloatArray, q: FloatArray) -> FloatArray:
    """Kullback-Leibler divergence along the last axis; q is positive wherever p is."""
    p, q = np.broadcast_arrays(p, q)
    ratio = np.divide(p, q, out=np.ones(p.shape), where=p > 0)
    found: FloatArray = (p * np.log(ratio)).sum(axis=-1)
    return found
