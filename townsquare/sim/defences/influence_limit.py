"""Influence that has to be earned: accounts count for as much as their ratings foretold those of others."""

import logging
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from townsquare.protocols import Catalogue, FloatArray, InputError, IntArray, Interactions, Settings, Streams, Trust
from townsquare.protocols.columns import steady

_log = logging.getLogger(__name__)


class InfluenceLimit:
    """New accounts have little influence; it grows with what their ratings foretold of later ones.

    Our reconstruction of the idea of Resnick and Sami, "The influence limiter" (RecSys 2007), for the retraining of any
    recommender. Ratings are put on 0 to 1. Before each rating r the item has a running prediction p, the mean of the
    earlier ratings weighted by their users' influence and of ``prior`` ratings at the mean of all. Had r counted in
    full, p would have moved to m = p + (r - p) / (prior + earlier weight + 1). The weighted mean y of what others gave
    later is the truth as far as there is one, and the credit of r is c ((p - y)^2 - (m - y)^2) with
    c = later weight / (later weight + prior): fakes that nobody but other newcomers follows earn next to nothing.
    An account's reputation is ``start`` plus ``rate`` times its credits, none of which changes it by more than ``most``
    (or else fakes would raise each other on the one item that they are there for), and its influence that, from 0 to 1.
    As influence depends on everybody else's, it is computed ``rounds`` times over, from ``start`` for all. In the
    paper ratings are binary, one rater at a time is settled, and there is a bound on the harm n accounts can do; the
    bound is not claimed here.

    Rows of the same tick are neither earlier nor later than each other; where all are of one tick, nobody can be judged
    and all count in full. The price is high: whoever rates only what many have rated before tells nothing new and earns
    nothing, be they as honest as can be (on MovieLens-100K more than half of all users).
    """

    class Config(Settings):
        """How fast reputation grows."""

        start: float = Field(default=0.1, ge=0, le=1)
        """Reputation of an account that nothing is known of."""
        rate: float = Field(default=300.0, ge=0)
        """Reputation per unit of credit; the larger, the sooner accounts count in full."""
        most: float = Field(default=0.1, gt=0)
        """What one rating can add to a reputation, or take from it, at most."""
        prior: float = Field(default=5.0, gt=0)
        """Ratings at the mean of all that every item is taken to have had."""
        rounds: int = Field(default=5, ge=1)
        """How often influence is computed from influence."""

    def __init__(self, config: Config, streams: Streams) -> None:
        """``streams`` is not used: nothing is drawn."""
        self.config = config

    async def weigh(self, log: Interactions, catalogue: Catalogue, *, tick: int) -> Trust:
        """Influence as weights; the scores are minus the reputation. Raises InputError without ratings."""
        if not len(log):
            return Trust.full(log.n_users)
        if log.scale is None:
            raise InputError("defence 'influence-limit' needs ratings on a scale, and these interactions have none.")
        if log.ticks.min() == log.ticks.max():
            _log.info("influence-limit: all ratings are of tick %d; nobody can be judged.", log.ticks[0])
            return Trust.full(log.n_users)
        past, config = _Past.of(log), self.config
        reputation: FloatArray = np.full(log.n_users, config.start)
        for _ in range(config.rounds):
            credit = past.credits(np.clip(reputation, 0.0, 1.0)[past.users], config.prior)
            earned = np.clip(config.rate * credit, -config.most, config.most)
            reputation = config.start + np.bincount(past.users, earned, log.n_users)
        reputation = steady(reputation)
        return Trust(np.clip(reputation, 0.0, 1.0), -reputation)


@dataclass(frozen=True, slots=True)
class _Past:
    """Ratings by item, and within an item by tick."""

    users: IntArray
    ratings: FloatArray
    """(n,) from 0 to 1."""
    item: tuple[IntArray, IntArray]
    """(n,) each: where the rows of the same item begin, and where they end."""
    moment: tuple[IntArray, IntArray]
    """(n,) each: the same of the rows of the same item and tick."""

    @classmethod
    def of(cls, log: Interactions) -> "_Past":
        assert log.scale is not None
        order = np.lexsort((log.ticks, log.items))
        items, ticks = log.items[order], log.ticks[order]
        other_item = np.concatenate([[True], items[1:] != items[:-1]])
        other_moment = other_item | np.concatenate([[True], ticks[1:] != ticks[:-1]])
        ratings = (log.values[order] - log.scale.low) / (log.scale.high - log.scale.low)
        return cls(log.users[order], ratings, _spans(other_item), _spans(other_moment))

    def credits(self, influence: FloatArray, prior: float) -> FloatArray:
        """(n,) how much nearer to what came later each rating brought its item's prediction, by squared error."""
        weight = np.concatenate([[0.0], np.cumsum(influence)])
        total = np.concatenate([[0.0], np.cumsum(influence * self.ratings)])
        (first, last), (start, end) = self.item, self.moment
        earlier, later = weight[start] - weight[first], np.maximum(weight[last] - weight[end], 0.0)
        predicted = (prior * self.ratings.mean() + total[start] - total[first]) / (prior + earlier)
        moved = predicted + (self.ratings - predicted) / (prior + earlier + 1.0)
        known = later > 1e-9
        truth = np.divide(total[last] - total[end], later, out=predicted.copy(), where=known)
        gain = np.square(predicted - truth) - np.square(moved - truth)
        return np.where(known, gain * later / (later + prior), 0.0)


def _spans(begins: np.ndarray) -> tuple[IntArray, IntArray]:
    """(n,) start and end of the run that each row is in."""
    starts = np.flatnonzero(begins)
    run = np.cumsum(begins) - 1
    return starts[run], np.append(starts[1:], len(begins))[run]
