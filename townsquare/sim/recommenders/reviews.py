"""Ratings, and what people write beside them."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import csr_array, diags_array

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
from townsquare.sim.recommenders.mf import MF
from townsquare.sim.recommenders.occurring import Occurring

_BLOCK = 256  # users whose similarities are held at once


class Reviews(Scorer):
    """Predict ratings by matrix factorisation, and move them by how an item is spoken of (our reconstruction).

    A simple review-aware recommender, made so that what is written can be attacked, and not after any paper. A review
    is the hashed TF-IDF vector of its words, of length 1. An item is the sum of its reviews. A user is what the items
    it liked are, plus what it wrote about them itself, half and half. With c the cosine of the two,

        score = (1 - text) MF + text (mean + deviation (c - mean c) / deviation of c),

    where mean and deviation are those of the ratings, and mean c and its deviation are taken over all reviewed items
    and up to 256 users: text counts in stars. An item without a review, and a user who liked nothing with words, have
    the mean c. With ``Interactions.trust`` a user's reviews count by its trust in everything but its own profile.
    """

    class Config(Settings):
        """How much text counts, and the model of the ratings."""

        text: float = Field(default=0.3, ge=0, le=1)
        """Share of the text; 0 leaves the ratings alone, 1 the words alone."""
        words: int = Field(default=4096, ge=16)
        """Places that words are hashed to; more keep more words apart, and take more memory."""
        mf: MF.Config = MF.Config()
        """Settings of the matrix factorisation."""

    needs: ClassVar[tuple[str, ...]] = ("ratings", "texts")
    weighs: ClassVar[bool] = True
    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        super().__init__(config, streams)
        self._mf = MF(config.mf, streams)

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> None:
        """Learn from scratch; InputError where there are no ratings or no reviews."""
        if interactions.scale is None:
            raise InputError("recommender 'reviews' needs ratings on a scale; these interactions have none.")
        if interactions.texts is None:
            raise InputError("recommender 'reviews' needs reviews; these interactions have no texts.")
        self._mf.fit(interactions, catalogue)
        self._said = _said(interactions, interactions.scale.liked, self.config.words)
        weights = _weights(interactions)
        self._mean = self._deviation = 0.0
        if weights.sum() > 0:
            self._mean = float(np.average(interactions.values, weights=weights))
            self._deviation = float(np.sqrt(np.average((interactions.values - self._mean) ** 2, weights=weights)))
        self._usual, self._spread = self._said.usual()

    def score(self, agents: IntArray, items: IntArray, *, tick: int) -> FloatArray:
        """(agents, items) predicted ratings, not clipped to the scale, so that they can be ranked."""
        share = self.config.text
        return (1 - share) * self._mf.score(agents, items, tick=tick) + share * self._by_text(agents, items)

    def predict(self, users: IntArray, items: IntArray) -> FloatArray:
        """(n,) predicted rating of ``items[j]`` by ``users[j]``, not clipped to the scale; see ``MF.predict``."""
        people, row = np.unique(users, return_inverse=True)
        things, column = np.unique(items, return_inverse=True)
        by_text = np.zeros(len(users))
        for start in range(0, len(people), _BLOCK):
            here = (row >= start) & (row < start + _BLOCK)
            block = self._by_text(people[start : start + _BLOCK], things)
            by_text[here] = block[row[here] - start, column[here]]
        share = self.config.text
        return (1 - share) * self._mf.predict(users, items) + share * by_text

    def knows(self, agents: IntArray, items: IntArray) -> tuple[BoolArray, BoolArray]:
        """Those that occur in the ratings."""
        return self._said.occurring.known(agents, items)

    def _by_text(self, agents: IntArray, items: IntArray) -> FloatArray:
        """(agents, items) cosines, in stars."""
        cosines = self._said.cosines(agents, items)
        cosines[np.isnan(cosines)] = self._usual
        return self._mean + self._deviation * (cosines - self._usual) / self._spread


@dataclass(frozen=True, slots=True)
class _Said:
    """The words of users and of items."""

    occurring: Occurring
    users: csr_array
    """(n, words) rows of length 1, or empty."""
    items: csr_array
    """(m, words) rows of length 1, or empty."""

    def cosines(self, agents: IntArray, items: IntArray) -> FloatArray:
        """(agents, items); NaN where one of the two has no words."""
        rows, columns = self.occurring.rows(agents), self.occurring.columns(items)
        speak, spoken = np.diff(self.users.indptr) > 0, np.diff(self.items.indptr) > 0
        people = np.flatnonzero(rows >= 0)
        people = people[speak[rows[people]]]
        things = np.flatnonzero(columns >= 0)
        things = things[spoken[columns[things]]]
        found = np.full((len(agents), len(items)), np.nan)
        among = self.items[columns[things]]
        for start in range(0, len(people), _BLOCK):
            block = people[start : start + _BLOCK]
            found[np.ix_(block, things)] = (among @ self.users[rows[block]].toarray().T).T
        return steady(found)

    def usual(self) -> tuple[float, float]:
        """Mean and standard deviation of cosines, over up to 256 users evenly taken; 0 and 1 where there are none."""
        users = self.occurring.users
        some = users[:: max(1, -(-len(users) // _BLOCK))]
        cosines = self.cosines(some, self.occurring.items)
        cosines = cosines[~np.isnan(cosines)]
        spread = float(cosines.std()) if len(cosines) else 0.0
        return (float(cosines.mean()), spread) if spread > 0 else (0.0, 1.0)


def _said(log: Interactions, liked: float, words: int) -> _Said:
    occurring = Occurring.of(log)
    rows, columns, weights = occurring.rows(log.users), occurring.columns(log.items), _weights(log)
    n_users, n_items = len(occurring.users), len(occurring.items)
    assert log.texts is not None
    written, good = log.texts != "", log.values >= liked
    vectors = _tf_idf(log.texts[written], weights[written], words)
    n = len(vectors.indptr) - 1
    about = csr_array((weights[written], (columns[written], np.arange(n))), shape=(n_items, n))
    items = _of_length_one(about @ vectors)
    likes = csr_array((np.ones(good.sum()), (rows[good], columns[good])), shape=(n_users, n_items))
    praise = csr_array((good[written].astype(np.float64), (rows[written], np.arange(n))), shape=(n_users, n))
    users = _of_length_one(_of_length_one(likes @ items) + _of_length_one(praise @ vectors))
    return _Said(occurring, users, items)


def _weights(log: Interactions) -> FloatArray:
    """(n,) how much each row counts."""
    return np.ones(len(log)) if log.trust is None else log.trust[log.users].astype(np.float64)


def _tf_idf(texts: NDArray[np.object_], weights: FloatArray, words: int) -> csr_array:
    """(n, words) a row of length 1 for each text; a word counts ln((1 + N) / (1 + texts that hold it)) + 1 times.

    As ``TfidfTransformer`` of scikit-learn has it, but with texts counted by their weights.
    """
    from sklearn.feature_extraction.text import HashingVectorizer

    if not len(texts):
        return csr_array((0, words))
    counts = csr_array(HashingVectorizer(n_features=words, norm=None).transform(texts.tolist()))
    holding = np.bincount(counts.indices, np.repeat(weights, np.diff(counts.indptr)), minlength=words)
    rarity = np.log((1 + weights.sum()) / (1 + holding)) + 1
    return _of_length_one(csr_array(counts @ diags_array(rarity)))


def _of_length_one(rows: csr_array) -> csr_array:
    """Each row divided by its length; rows of nothing stay."""
    rows = csr_array(rows, copy=True)
    rows.eliminate_zeros()
    lengths = np.sqrt(rows.multiply(rows).sum(axis=1))
    rows.data /= np.repeat(lengths, np.diff(rows.indptr))
    return rows
