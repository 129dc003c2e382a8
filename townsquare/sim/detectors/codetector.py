"""Vectors of users that explain their ratings and their company, and a tree that tells fakes by them."""

from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np
from pydantic import Field
from scipy.sparse import csr_array

from townsquare.protocols import Catalogue, FloatArray, IntArray, Interactions, Settings, Streams, Suspicion, steady
from townsquare.sim.detectors.labels import examples, unlearnt
from townsquare.sim.detectors.rated import Rated

if TYPE_CHECKING:
    from sklearn.tree import DecisionTreeClassifier

_FOLDING = 5  # rounds of users and company while the items stay; 20 gave the same F1 for random fakes
_BLOCK = 1024  # users whose company is counted at once


class CoDetector:
    """CoDetector-like, our optimiser: joint factors of ratings and of co-rating users, and an entropy tree on them.

    After Dou et al., "Collaborative Shilling Detection Bridging Factorization and User Embedding" (CollaborateCom
    2017), whose loss is kept: sum over ratings of (r_ui - p_u q_i)^2, plus sum over pairs in company of
    (M_uv - p_u g_v - w_u - c_v)^2, with ``decay_users`` |p_u|^2 and ``decay_items`` |q_i|^2 counted once per term,
    as stochastic descent does. M is the shifted positive pointwise mutual information of co-rating: users who share
    more than ``common`` items, n_uv of them, have M_uv = max(log2(n_uv D / (n_u n_v)) - log2 ``shift``, 0) / max,
    where n_u are the sums of the rows and D the sum of all; zeros are left out. Instead of descending 200 times, users,
    company and items are solved for in turn (alternating least squares).

    Factors of two fits cannot be compared: each may be turned against the other. So only ``learn`` fits items. Users,
    those that the tree learns from and those it is asked about in whatever log, are solved for with their own company
    while the items' vectors stay, which pins every axis. Items that ``learn`` never saw are left out; a user of such
    items only has the factors 0.

    Measured: on sets of few common items the company finds fakes at any shift. In MovieLens-100K no pair exceeds a
    shift of 256, the value of SDLib, and what is left is a factorisation of ratings; hence 1 here, plain positive
    information. From one log to another it is weak: learnt on half of MovieLens-100K and asked about the other half
    with new fakes of the same kind, F1 is .28 to .43 for random, .44 to .53 for bandwagon and .65 to .75 for segment
    profiles (3 seeds each); popular ones, which differ in nothing but the target, were mostly missed altogether.
    """

    needs: ClassVar[tuple[str, ...]] = ("labels", "ratings")

    class Config(Settings):
        """The size of the model and of its tree."""

        factors: int = Field(default=10, ge=1, le=64)
        """Length of the vectors."""
        decay_users: float = Field(default=0.8, gt=0)
        """Regularisation of users and company, per rating and pair."""
        decay_items: float = Field(default=0.4, gt=0)
        """Regularisation of items, per rating."""
        shift: float = Field(default=1.0, gt=0)
        """The information two users must have of each other, as a power of 2; SDLib takes 256."""
        common: int = Field(default=4, ge=0)
        """Two users are in company when they share more items than this."""
        rounds: int = Field(default=20, ge=1)
        """Rounds of the joint fit."""
        leaf: int = Field(default=5, ge=1)
        """Users in a leaf of the tree, at least."""

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config, self.streams = config, streams
        self._tree: DecisionTreeClassifier | None = None

    def learn(self, log: Interactions, catalogue: Catalogue, fake: IntArray) -> None:
        """Fit items and tree anew. Raises InputError without ratings, and for labels of one kind only."""
        from sklearn.tree import DecisionTreeClassifier

        rated = Rated.on_scale("codetector", log)
        users, kinds = examples("codetector", log, fake)
        rng = self.streams.get("detector", "codetector")
        system = self._system(rated)
        # rounded, so that no tree hangs on the last bits
        size = self.config.factors
        items, company = rng.normal(0, 0.3, (log.n_items, size)), rng.normal(0, 0.3, (log.n_users, size + 1))
        self._items = steady(system.fit(items, company, self.config.rounds), 6)
        self._tree = DecisionTreeClassifier(
            criterion="entropy", min_samples_leaf=self.config.leaf, random_state=int(rng.integers(2**31))
        )
        self._tree.fit(self._factors(system)[users], kinds)

    def inspect(self, log: Interactions, catalogue: Catalogue, seeds: IntArray) -> Suspicion:
        """The share of fakes in each user's leaf; flagged above one half. Raises InputError before ``learn``."""
        rated = Rated.on_scale("codetector", log)
        if self._tree is None:
            raise unlearnt("codetector")
        scores, seen = np.zeros(log.n_users), np.unique(log.users)
        if len(seen):
            scores[seen] = self._tree.predict_proba(self._factors(self._system(rated))[seen])[:, 1]
        return Suspicion(scores, scores > 0.5)

    def _system(self, rated: Rated) -> "_System":
        users, items, values, n_users, n_items = rated
        places, shape = (users, items), (n_users, n_items)
        given = csr_array((np.ones(len(users)), places), shape=shape)
        company = _company(given, self.config.common, self.config.shift)
        there = csr_array((np.ones(company.nnz), company.indices, company.indptr), shape=company.shape)
        ratings = csr_array((values, places), shape=shape)
        return _System(ratings, given, company, there, self.config.decay_users, self.config.decay_items)

    def _factors(self, system: "_System") -> FloatArray:
        """(n_users, factors) with the items that were learnt."""
        known = min(len(self._items), system.given.shape[1])
        ratings, given = system.ratings[:, :known], system.given[:, :known]
        here = system._replace(ratings=ratings, given=given)
        return steady(here.people(self._items[:known], _FOLDING), 6)


class _System(NamedTuple):
    """Ratings and company of a log, and the least squares problems they pose."""

    ratings: csr_array
    """(n_users, n_items)."""
    given: csr_array
    """1 in the same places."""
    company: csr_array
    """(n_users, n_users) M."""
    there: csr_array
    """1 in the same places."""
    decay_users: float
    decay_items: float

    def fit(self, items: FloatArray, company: FloatArray, rounds: int) -> FloatArray:
        """(n_items, d) the items' vectors after ``rounds`` rounds from a random start; 0 for items without ratings."""
        for _ in range(rounds):
            people = self._people(items, company)
            company = self._company(people)
            users = people[:, :-1]
            number = np.bincount(self.given.indices, minlength=len(items))
            items = _inverted(self.given.T @ _squares(users), self.ratings.T @ users, number, self.decay_items)
        return items

    def people(self, items: FloatArray, rounds: int) -> FloatArray:
        """(n_users, d) the users' vectors for given vectors of items."""
        company = self._nobody(items.shape[1])
        for _ in range(rounds if self.company.nnz else 0):
            company = self._company(self._people(items, company))
        return self._people(items, company)[:, :-1]

    def _nobody(self, size: int) -> FloatArray:
        return np.zeros((self.company.shape[0], size + 1))

    def _people(self, items: FloatArray, company: FloatArray) -> FloatArray:
        """(n_users, d + 1) p_u and w_u, for given items and company g_v and c_v."""
        towards = np.hstack([items, np.zeros((len(items), 1))])
        along = np.hstack([company[:, :-1], np.ones((len(company), 1))])
        left = self.given @ _squares(towards) + self.there @ _squares(along)
        right = self.ratings @ towards + self.company @ along - self.there @ (along * company[:, -1:])
        number = np.diff(self.given.indptr) + np.diff(self.there.indptr)
        return _inverted(left, right, number, self.decay_users)

    def _company(self, people: FloatArray) -> FloatArray:
        """(n_users, d + 1) g_v and c_v, for given users p_u and w_u; M is symmetric."""
        along = np.hstack([people[:, :-1], np.ones((len(people), 1))])
        right = self.company @ along - self.there @ (along * people[:, -1:])
        return _inverted(self.there @ _squares(along), right, np.diff(self.there.indptr), self.decay_users)


def _squares(vectors: FloatArray) -> FloatArray:
    """(n, d * d) the products of each vector's entries."""
    return np.asarray((vectors[:, :, None] * vectors[:, None, :]).reshape(len(vectors), -1))


def _inverted(left: FloatArray, right: FloatArray, number: IntArray, decay: float) -> FloatArray:
    """(n, d) solutions of n ridge regressions whose decay counts once per term; 0 where there is no term."""
    size = right.shape[1]
    ridge = (decay * np.maximum(number, 1))[:, None, None] * np.eye(size)
    found: FloatArray = np.linalg.solve(left.reshape(-1, size, size) + ridge, right[:, :, None])[:, :, 0]
    return found


def _company(given: csr_array, common: int, shift: float) -> csr_array:
    """(n_users, n_users) sparse M, users in blocks; no one keeps company with themselves."""
    rows, columns, shared = [], [], []
    for start in range(0, given.shape[0], _BLOCK):
        block = (given[start : start + _BLOCK] @ given.T).tocoo()
        row, column = block.coords[0] + start, block.coords[1]
        keep = (block.data > common) & (row != column)
        rows.append(row[keep])
        columns.append(column[keep])
        shared.append(block.data[keep])
    if not rows:
        return csr_array((0, 0))
    row, column, both = np.concatenate(rows), np.concatenate(columns), np.concatenate(shared)
    total = np.bincount(row, both, given.shape[0])
    mutual = np.log2(both * total.sum() / (total[row] * total[column])) - np.log2(shift)
    keep = mutual > 1e-9
    scaled = mutual[keep] / mutual[keep].max() if keep.any() else mutual[keep]
    return csr_array((scaled, (row[keep], column[keep])), shape=(given.shape[0], given.shape[0]))
