"""Suspicion that spreads from a few known fakes to those who rate like them."""

from typing import ClassVar

import numpy as np
from pydantic import Field
from scipy.sparse import csr_array

from townsquare.protocols import (
    Catalogue,
    FloatArray,
    InputError,
    IntArray,
    Interactions,
    Settings,
    Streams,
    Suspicion,
    steady,
)
from townsquare.sim.detectors.flagging import Flag, flagged, present
from townsquare.sim.detectors.rated import Rated


class FAP:
    """Fraudulent action propagation: a walk between users and items, in which known fakes hold the value 1.

    Zhang et al., "Catch the Black Sheep: Unified Framework for Shilling Attack Detection Based on Fraudulent Action
    Propagation" (IJCAI 2015). A rating r of item i by user u joins the two with the weight
    w = 1 + |r - mean_u| / mean_u + |r - mean_i| / mean_i + |r - mean| / mean; of a repeated pair the last one counts,
    and a term whose mean is 0 counts nothing. Both ways the weights of a node are scaled to sum to 1. An item has the
    mean value of its raters, then a user the mean value of their items, and the seeds are set back to 1, until nobody
    moves by more than ``tolerance``. Carried on for ever everybody who is joined to a seed would end at 1; it is the
    order on the way that counts, and it hardly changes after the first few steps. Scores are from 0 to 1; 0 for
    whoever is not joined to any seed.
    """

    needs: ClassVar[tuple[str, ...]] = ("ratings", "seeds")

    class Config(Settings):
        """When the walk is over, and how many to accuse."""

        flag: Flag = 0.05
        """Whom to call fake besides the seeds: 0.05 for this share of the other users, 50 for so many (as Leg-UP does),
        "gap" for all above the largest gap.
        """
        tolerance: float = Field(default=1e-6, gt=0)
        """The walk ends when no user's value changes by more than this; Leg-UP takes 0.01."""
        steps: int = Field(default=5_000, ge=1)
        """The walk ends after this many steps at the latest."""

    def __init__(self, config: Config, streams: Streams) -> None:
        """``streams`` is not used: nothing is drawn."""
        self.config = config

    def learn(self, log: Interactions, catalogue: Catalogue, fake: IntArray) -> None:
        """Nothing to learn."""

    def inspect(self, log: Interactions, catalogue: Catalogue, seeds: IntArray) -> Suspicion:
        """Walk from ``seeds``. Raises InputError without ratings, without seeds, or for seeds that are no users."""
        rated = Rated.on_scale("fap", log)
        seeds = np.unique(np.asarray(seeds, np.int64))
        if not len(seeds):
            raise InputError("detector 'fap' needs seeds, a few users who are known to be fake, and none were given.")
        if seeds[0] < 0 or seeds[-1] >= log.n_users:
            wrong = seeds[0] if seeds[0] < 0 else seeds[-1]
            raise InputError(f"detector 'fap': seed {wrong} is no user; allowed are 0 to {log.n_users - 1}.")
        scores, there = steady(self._walk(_weights(rated), seeds)), present(log)
        seeded = np.isin(np.arange(log.n_users), seeds)
        others = flagged(scores, there & ~seeded, self.config.flag) & (scores > 0)
        return Suspicion(scores, others | (seeded & there))

    def _walk(self, weights: csr_array, seeds: IntArray) -> FloatArray:
        """(n_users,) values, from 0 to 1, where the walk ended."""
        by_item = weights.T.tocsr()
        of_user, of_item = _share(weights), _share(by_item)
        values: FloatArray = np.zeros(weights.shape[0])
        values[seeds] = 1.0
        for _ in range(self.config.steps):
            moved = (weights @ ((by_item @ values) * of_item)) * of_user
            moved[seeds] = 1.0
            change = np.abs(moved - values).max()
            values = moved
            if change <= self.config.tolerance:
                break
        return values


def _weights(rated: Rated) -> csr_array:
    """(n_users, n_items) sparse: how far each rating is from what its user, its item and everybody rate."""
    users, items, ratings, n_users, n_items = rated
    far = np.ones(len(ratings))
    for ids, size in ((users, n_users), (items, n_items), (np.zeros(len(ratings), np.int64), 1)):
        total, number = np.bincount(ids, ratings, size), np.bincount(ids, minlength=size)
        mean = (total / np.maximum(number, 1))[ids]
        far += np.divide(np.abs(ratings - mean), np.abs(mean), out=np.zeros(len(ratings)), where=mean != 0)
    return csr_array((far, (users, items)), shape=(n_users, n_items))


def _share(weights: csr_array) -> FloatArray:
    """What the weights of each row are multiplied with to sum to 1; 0 for a row without any."""
    sums = np.asarray(weights.sum(axis=1), np.float64)
    return np.divide(1.0, sums, out=np.zeros(len(sums)), where=sums > 0)
