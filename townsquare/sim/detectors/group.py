"""Groups of accounts that agree more than chance would have it, around something that hardly anybody else rated."""

from typing import ClassVar, NamedTuple

import numpy as np
from pydantic import Field
from scipy.sparse import csr_array
from scipy.special import ndtri

from townsquare.protocols import (
    BoolArray,
    Catalogue,
    FloatArray,
    IntArray,
    Interactions,
    Settings,
    Streams,
    Suspicion,
    steady,
)
from townsquare.sim.detectors.rated import Rated

_CELLS = 4_000_000  # pairs of users that are looked at at once
_BODY, _SHOULDER = 0.90, 0.98  # quantiles that a tenth of fakes among the users, a hundredth of the pairs, cannot move


class Group:
    """Users who are linked to several others around an unpopular item. Our own construction.

    Two users are linked when they share ``common`` items at least and one of two figures is beyond what
    ``percentile`` of all pairs of the log reach:

    * Jaccard: |common items| / |items of either|;
    * surprise (only of ratings on a scale): z = (e - m) / sqrt(m (1 - m / c)), where e of their c common items have
      the same rating of both and m is the sum, over these items, of the chance that two ratings of the item are equal.

    Profiles made by the same rule agree where real people do not, even when fillers drawn at random keep the sets
    apart. A hundred fakes are many pairs, so the percentile is not read off but extrapolated: from the 90th and the
    98th of pairs of ``sample`` users along an exponential tail. Surprise has to be beyond that of a normal
    distribution as well, and a Jaccard of 1 always suffices.

    A user is flagged when there is an item that ``smallest - 1`` others linked to the user rated too, for each of
    whom the same holds (the cores of this size of the links among an item's raters), and that is unpopular: not more
    users outside of the core rated it than ``unpopular`` of all rated items have raters. The score is the number of
    such accomplices at the item where they are the most, plus d / (d + 1) with d the user's links of any kind.

    Measured on MovieLens-100K, where real fans of the same obscure films come in threes and fours: cores of 3 take in
    2 to 4 % of real users, cores of 5 fewer than 1 %. It finds copies and segments, bandwagons too; it is blind to
    profiles of random items (random, average, AOP attacks), which have little in common.

    Of a repeated pair the last rating counts. Time grows with the sum of the squared numbers of raters of the items,
    memory with the number of links.
    """

    needs: ClassVar[tuple[str, ...]] = ()

    class Config(Settings):
        """How alike, how many, and how obscure."""

        percentile: float = Field(default=99.9, gt=98, lt=100)
        """Pairs beyond this percentile are linked."""
        common: int = Field(default=5, ge=1)
        """Pairs with fewer common items are never linked."""
        smallest: int = Field(default=5, ge=3)
        """Users a group has at least."""
        unpopular: float = Field(default=0.5, ge=0, le=1)
        """An item is unpopular when it has, outside of the group, no more raters than this share of rated items."""
        sample: int = Field(default=2_000, ge=100)
        """Users whose pairs tell how alike people are; all users, where there are no more."""

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config, self.streams = config, streams

    def learn(self, log: Interactions, catalogue: Catalogue, fake: IntArray) -> None:
        """Nothing to learn."""

    def inspect(self, log: Interactions, catalogue: Catalogue, seeds: IntArray) -> Suspicion:
        """Link the users and look for cores; an empty log has none."""
        if not len(log):
            return Suspicion.none(log.n_users)
        alike = _Alike.of(log)
        links = self._links(alike)
        accomplices = self._accomplices(links, alike.sets)
        degree = np.diff(links.indptr)
        scores = steady(accomplices + degree / (degree + 1.0))
        return Suspicion(scores, accomplices > 0)

    def _links(self, alike: "_Alike") -> csr_array:
        """(n_users, n_users) sparse, 1 where two users are linked; none with themselves."""
        limits = self._limits(alike)
        n_users = alike.sets.shape[0]
        rows, columns, start = [], [], 0
        while start < n_users:
            stop = min(n_users, start + max(1, _CELLS // (n_users - start)))
            pairs = alike.pairs(start, stop, self.config.common)
            keep = pairs.beyond(limits)
            rows.append(pairs.rows[keep])
            columns.append(pairs.columns[keep])
            start = stop
        one, other = np.concatenate(rows), np.concatenate(columns)
        both = (np.concatenate([one, other]), np.concatenate([other, one]))
        return csr_array((np.ones(2 * len(one), np.float32), both), shape=(n_users, n_users))

    def _limits(self, alike: "_Alike") -> tuple[float, float]:
        """What Jaccard and surprise have to exceed."""
        people = np.flatnonzero(np.diff(alike.sets.indptr))
        if len(people) > self.config.sample:
            rng = self.streams.get("detector", "group")
            people = np.sort(rng.choice(people, self.config.sample, replace=False))
        pairs = alike.among(people).pairs(0, len(people), 1)
        number = len(people) * (len(people) - 1) // 2
        share = self.config.percentile / 100
        jaccard, surprise = (_tail(values, number, share) for values in (pairs.jaccard, pairs.surprise))
        # a hair below 1, so that equal sets always count
        return min(jaccard, 1 - 1e-9), max(surprise, float(ndtri(share)))

    def _accomplices(self, links: csr_array, sets: csr_array) -> FloatArray:
        """(n_users,) the most linked users who rated one unpopular item with this one; 0 outside of cores."""
        raters = np.asarray(sets.sum(axis=0)).ravel()
        inside, near = sets, sets
        while True:
            # linked raters of the same item, for every user and item at once
            near = csr_array((links @ inside).multiply(inside))
            kept = near.data >= self.config.smallest - 1
            if kept.all() and near.nnz == inside.nnz:
                break
            inside = near.copy()
            inside.data = kept.astype(np.float32)
            inside.eliminate_zeros()
        members = np.asarray(inside.sum(axis=0)).ravel()
        limit = np.quantile(raters[raters > 0], self.config.unpopular)
        unpopular = np.flatnonzero((members > 0) & (raters - members <= limit))
        most = near[:, unpopular].max(axis=1) if len(unpopular) else csr_array((sets.shape[0], 1))
        return np.asarray(most.toarray(), np.float64).ravel()


class _Pairs(NamedTuple):
    """Pairs of users with common items, each once."""

    rows: IntArray
    columns: IntArray
    jaccard: FloatArray
    surprise: FloatArray

    def beyond(self, limits: tuple[float, float]) -> BoolArray:
        """Which are more alike than either limit."""
        return (self.jaccard > limits[0]) | (self.surprise > limits[1])


class _Alike(NamedTuple):
    """What pairs of users are compared by."""

    sets: csr_array
    """(n_users, n_items) 1 where there is a rating."""
    chances: csr_array
    """The same places: that two ratings of this item are equal."""
    ratings: csr_array | None
    """(n_users, n_items * levels) 1 for the rating given; None without a scale."""

    @classmethod
    def of(cls, log: Interactions) -> "_Alike":
        """Count every user and item once, with the last rating."""
        users, items, values, n_users, n_items = Rated.of(log)
        ones = np.ones(len(users), np.float32)
        sets = csr_array((ones, (users, items)), shape=(n_users, n_items))
        if log.scale is None:
            return cls(sets, sets, None)
        level = np.unique(np.rint((values - log.scale.low) / log.scale.step), return_inverse=True)[1]
        n_levels = int(level.max()) + 1
        by_level = np.bincount(items * n_levels + level, minlength=n_items * n_levels).reshape(-1, n_levels)
        chance = ((by_level / np.maximum(by_level.sum(axis=1, keepdims=True), 1)) ** 2).sum(axis=1)
        chances = csr_array((chance[items].astype(np.float32), (users, items)), shape=(n_users, n_items))
        ratings = csr_array((ones, (users, items * n_levels + level)), shape=(n_users, n_items * n_levels))
        return cls(sets, chances, ratings)

    def among(self, users: IntArray) -> "_Alike":
        """Of some users only, in their order."""
        return _Alike(self.sets[users], self.chances[users], None if self.ratings is None else self.ratings[users])

    def pairs(self, start: int, stop: int, common: int) -> _Pairs:
        """Users from ``start`` to ``stop`` with all users after them of whom each shares ``common`` items or more."""
        rest = slice(start, None)
        shared = (self.sets[start:stop] @ self.sets[rest].T).toarray()
        rows, columns = np.nonzero(np.triu(shared >= common, 1))
        both = shared[rows, columns].astype(np.float64)
        sizes = np.diff(self.sets.indptr)[rest]
        jaccard = both / (sizes[rows] + sizes[columns] - both)
        surprise = np.full(len(both), -np.inf)
        if self.ratings is not None:
            equal = (self.ratings[start:stop] @ self.ratings[rest].T).toarray()[rows, columns]
            mean = (self.chances[start:stop] @ self.sets[rest].T).toarray()[rows, columns].astype(np.float64)
            # floored, so that a few items everybody agrees on surprise nobody
            surprise = (equal - mean) / np.sqrt(np.maximum(mean * (1 - mean / both), 0.25))
        return _Pairs(start + rows, start + columns, steady(jaccard), steady(surprise, 4))


def _tail(values: FloatArray, number: int, share: float) -> float:
    """The ``share`` quantile of ``number`` values, those not given being 0, along an exponential tail."""
    if not number:
        return 0.0
    spread = np.zeros(number)
    spread[: len(values)] = np.where(np.isfinite(values), values, 0.0)
    body, shoulder = np.quantile(spread, [_BODY, _SHOULDER])
    rate = (shoulder - body) / np.log((1 - _BODY) / (1 - _SHOULDER))
    return float(shoulder + rate * np.log((1 - _SHOULDER) / (1 - share)))
