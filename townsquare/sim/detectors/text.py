"""Accounts whose reviews are copies, or speak of something else than what they are about."""

import re
import unicodedata
from hashlib import blake2b
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import csr_array, diags_array

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
from townsquare.sim.detectors.flagging import Flag, flagged

_WORD = re.compile(r"\w+")
_PLACES = 2**18  # where words fall; that two of them share a place is rare and harmless
_BANDS, _ROWS = 16, 4  # pairs of Jaccard .5 meet in some band with probability .64, pairs of .8 with .9998
_CELLS = 4_000_000  # users times items that are looked at at once
_WINDOW = 3  # words in a shingle
_END = np.uint64(0)


class Text:
    """Copies, foreign features and repetition in reviews. Our reconstruction, for attacks by text.

    Three figures of each user, over all their reviews:

    * copies: the share of reviews that are near-duplicates of a review by another user: the Jaccard of their sets of
      runs of three words, estimated by MinHash (Broder 1997), is ``alike`` at least;
    * woven: how much the reviews speak of one item that they are not about. Words weigh by TF-IDF; an item's
      vocabulary is the sum of the reviews about it, the user's own left out. Per item: the mean cosine of its
      vocabulary and the user's reviews about other items, less the same mean over all users. Of this the largest over
      items, less the mean cosine of the reviews and the vocabularies of the items they are about; all times n / (n + 2)
      for n reviews, because one review proves little;
    * repeats: the share of the user's runs of three words that were there before.

    Each is put in units of its median absolute deviation above the median of users with reviews, cut at 0 and at 20;
    the score is the largest of them times its weight, 0 for users without reviews: a sum would drown what is unusual
    in the noise of the others. Where everybody writes from the same templates copies say little, and foreign features
    are what remains. Fakes are expected to be few. Lexical only: a paraphrase shares nothing.
    Time and memory grow with the number of words, but for one product of users and items, made in blocks.
    """

    needs: ClassVar[tuple[str, ...]] = ("texts",)

    class Config(Settings):
        """What counts how much, and how many to accuse."""

        copies: float = Field(default=1.0, ge=0)
        """Weight of near-duplicates."""
        woven: float = Field(default=1.0, ge=0)
        """Weight of features of one item in reviews of others."""
        repeats: float = Field(default=0.5, ge=0)
        """Weight of repetition."""
        alike: float = Field(default=0.5, gt=0, le=1)
        """Two reviews are near-duplicates from this Jaccard on."""
        flag: Flag = 0.05
        """Whom to call fake: 0.05 for this share of the users with reviews, 50 for so many, "gap" for all above the
        largest gap.
        """

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config, self.streams = config, streams

    def learn(self, log: Interactions, catalogue: Catalogue, fake: IntArray) -> None:
        """Nothing to learn."""

    def inspect(self, log: Interactions, catalogue: Catalogue, seeds: IntArray) -> Suspicion:
        """Weigh the figures; without a single review nobody is suspected. Raises InputError where nobody writes."""
        if log.texts is None:
            raise InputError("detector 'text' needs reviews, and these interactions have none.")
        reviews = _Reviews.of(log)
        if not len(reviews.users):
            return Suspicion.none(log.n_users)
        writers = np.unique(reviews.users)
        figures = (
            (self.config.copies, self._copies(reviews)),
            (self.config.woven, _woven(reviews)),
            (self.config.repeats, _repeats(reviews)),
        )
        scores, there = np.zeros(log.n_users), np.zeros(log.n_users, bool)
        scores[writers] = steady(np.max([weight * _unusual(of[writers]) for weight, of in figures], axis=0))
        there[writers] = True
        return Suspicion(scores, flagged(scores, there, self.config.flag))

    def _copies(self, reviews: "_Reviews") -> FloatArray:
        """(n_users,) the share of near-duplicates."""
        rng = self.streams.get("detector", "text")
        turns = rng.integers(2**63, size=(_BANDS * _ROWS, 2), dtype=np.uint64) * np.uint64(2) + np.uint64(1)
        shingles = reviews.shingles()
        # the upper half of an odd multiple; the lower bits of products are poor
        signs = [
            np.minimum.reduceat((shingles * times + plus) >> np.uint64(32), reviews.starts).astype(np.uint32)
            for times, plus in turns
        ]
        signatures = np.stack(signs, axis=1)
        best = np.zeros(len(reviews.users))
        for band in range(0, _BANDS * _ROWS, _ROWS):
            key = np.unique(signatures[:, band : band + _ROWS], axis=0, return_inverse=True)[1].ravel()
            order = np.lexsort((reviews.users, key))
            for way in (order, order[::-1]):
                one, other = _next_of_another(way, key, reviews.users)
                same = (signatures[one] == signatures[other]).mean(axis=1)
                best[one] = np.maximum(best[one], same)
        return reviews.mean_by_user((best >= self.config.alike).astype(np.float64))


class _Reviews(NamedTuple):
    """Reviews as one row of words, each ended by two marks, sorted by user and item."""

    users: IntArray
    items: IntArray
    words: NDArray[np.uint64]
    """Hashed words of all reviews, one after the other."""
    starts: IntArray
    """(n_reviews,) where each begins."""
    n_users: int
    n_items: int

    @classmethod
    def of(cls, log: Interactions) -> "_Reviews":
        """Reviews with a word in them."""
        known: dict[str, int] = {}
        words: list[int] = []
        starts, kept = [], []
        texts = np.full(len(log), "", object) if log.texts is None else log.texts
        for row in np.lexsort((log.items, log.users)).tolist():
            found = _WORD.findall(unicodedata.normalize("NFKC", texts[row]).lower())
            if found:
                starts.append(len(words))
                kept.append(row)
                words += [known.get(word) or known.setdefault(word, _hash(word)) for word in found]
                words += [int(_END)] * (_WINDOW - 1)
        rows = np.array(kept, np.int64)
        sizes = log.n_users, log.n_items
        return cls(log.users[rows], log.items[rows], np.array(words, np.uint64), np.array(starts, np.int64), *sizes)

    def review(self) -> IntArray:
        """(n_words,) the review of each word."""
        return np.repeat(np.arange(len(self.starts)), np.diff(np.r_[self.starts, len(self.words)]))

    def shingles(self) -> NDArray[np.uint64]:
        """(n_words,) runs of three words, as numbers; the last of a review run into its marks."""
        one, two = (np.r_[self.words[k:], np.zeros(k, np.uint64)] for k in (1, 2))
        mixed = self.words * np.uint64(0x9E3779B97F4A7C15) + one * np.uint64(0xBF58476D1CE4E5B9) + two
        # marks begin no run of their own: they repeat the first of the review
        mixed ^= mixed >> np.uint64(29)
        first = mixed[self.starts][self.review()]
        return np.where(self.words == _END, first, mixed)

    def vectors(self) -> csr_array:
        """(n_reviews, places) TF-IDF, each of length 1, or 0 where all its words are in all reviews."""
        real = self.words != _END
        places = (self.words[real] % np.uint64(_PLACES)).astype(np.int64)
        counts = csr_array((np.ones(len(places)), (self.review()[real], places)), shape=(len(self.users), _PLACES))
        counts.sum_duplicates()
        inside = np.bincount(counts.indices, minlength=_PLACES)
        counts.data = (1 + np.log(counts.data)) * np.log(len(self.users) / inside[counts.indices])
        return csr_array(diags_array(_inverse(_lengths(counts))) @ counts)

    def mean_by_user(self, values: FloatArray) -> FloatArray:
        """(n_users,) means over reviews; 0 without any."""
        number = np.bincount(self.users, minlength=self.n_users)
        return np.bincount(self.users, values, self.n_users) / np.maximum(number, 1)


def _woven(reviews: _Reviews) -> FloatArray:
    """(n_users,) how much reviews speak of one item they are not about, less of what they are."""
    vectors, n = reviews.vectors(), np.bincount(reviews.users, minlength=reviews.n_users)
    pairs, pair = np.unique(reviews.users.astype(np.int64) * reviews.n_items + reviews.items, return_inverse=True)
    users, items = pairs // reviews.n_items, pairs % reviews.n_items
    about = _summed(pair, len(pairs)) @ vectors
    by_user = csr_array(_summed(users, reviews.n_users) @ about)
    by_item = csr_array(_summed(items, reviews.n_items) @ about)
    directions = csr_array(diags_array(_inverse(_lengths(by_item))) @ by_item)
    # of the pairs of a user and a reviewed item: the item's vocabulary without this user
    others = csr_array(by_item[items] - about)
    without = _inverse(_lengths(others))
    elsewhere = np.asarray(others.multiply(by_user[users] - about).sum(axis=1)).ravel() * without
    own = np.asarray(others.multiply(about).sum(axis=1)).ravel() * without
    told = without > 0
    ordinary = directions @ (np.asarray(by_user.sum(axis=0)).ravel() / n.sum())
    most, columns = np.zeros(reviews.n_users), directions.T.tocsr()
    size = max(1, _CELLS // max(reviews.n_items, 1))
    for start in range(0, reviews.n_users, size):
        block = (by_user[start : start + size] @ columns).toarray()
        here = slice(*np.searchsorted(users, (start, start + size)))
        block[users[here] - start, items[here]] = elsewhere[here]
        most[start : start + size] = (block / np.maximum(n[start : start + size, None], 1) - ordinary).max(axis=1)
    # items that nobody else wrote of say nothing: there the mean of all counts
    number = np.bincount(users[told], minlength=reviews.n_users)
    usual = own[told].mean() if told.any() else 0.0
    fitting = np.where(number > 0, np.bincount(users, own, reviews.n_users) / np.maximum(number, 1), usual)
    return (most - fitting) * n / (n + 2.0)


def _repeats(reviews: _Reviews) -> FloatArray:
    """(n_users,) the share of a user's runs of words that were there before."""
    real = reviews.words != _END
    users = reviews.users[reviews.review()[real]]
    order = np.lexsort((reviews.shingles()[real], users))
    users, runs = users[order], reviews.shingles()[real][order]
    again = np.r_[False, (users[1:] == users[:-1]) & (runs[1:] == runs[:-1])]
    number = np.bincount(users, minlength=reviews.n_users)
    return np.bincount(users, again, reviews.n_users) / np.maximum(number, 1)


def _next_of_another(order: IntArray, key: IntArray, users: IntArray) -> tuple[IntArray, IntArray]:
    """Reviews and the next one after them, in an order by key and user, that has the same key and another user."""
    key, users = key[order], users[order]
    starts = np.flatnonzero(np.r_[True, (key[1:] != key[:-1]) | (users[1:] != users[:-1])])
    run = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(order)]))
    following = np.r_[starts[1:], 0][run]
    met = (run < len(starts) - 1) & (key[following] == key)
    return order[met], order[following[met]]


def _unusual(values: FloatArray) -> FloatArray:
    """Distances above the median in units of the median absolute deviation, from 0 to 20."""
    off = values - np.median(values)
    scale = 1.4826 * float(np.median(np.abs(off))) or float(values.std())
    found: FloatArray = np.clip(off / scale, 0, 20) if scale > 1e-12 else np.zeros(len(values))
    return found


def _summed(groups: IntArray, n: int) -> csr_array:
    """(n, len(groups)) sums rows by group."""
    return csr_array((np.ones(len(groups)), (groups, np.arange(len(groups)))), shape=(n, len(groups)))


def _lengths(rows: csr_array) -> FloatArray:
    return np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1), np.float64).ravel())


def _inverse(lengths: FloatArray) -> FloatArray:
    # what is left of a difference of equals is no vector
    return np.divide(1.0, lengths, out=np.zeros(len(lengths)), where=lengths > 1e-6)


def _hash(word: str) -> int:
    # not hash(), which differs from one process to the next; never 0, which marks the end
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little") | 1
