"""A moderator that asks the labelled texts most like a post: BM25, and a vote (our reconstruction of a baseline)."""

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from pydantic import Field

from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.errors import InputError
from townsquare.protocols.moderator import Labelled
from townsquare.protocols.streams import Streams
from townsquare.sim.moderators.classified import Classified as Base
from townsquare.sim.moderators.classified import Found, Ruling, rows_of, two_kinds
from townsquare.sim.moderators.word_counts import Reader, Vocabulary, words

_BLOCK = 256
"""Texts compared at a time, so that memory stays bounded whatever comes."""
_SHELF = 2_048
"""Examples compared at a time."""
_OFTEN = 40
"""A word stands in many examples when it stands in more than one of so many."""
_PASSES = 8
"""Up to so many nearest are found one after the other, which is faster than to part them from the rest."""
_STEPS = 2.0**30
_EVIDENCE = 80
"""Letters of an example that are quoted."""


class Retrieval(Base):
    """The label whose ``nearest`` best examples have the largest sum of BM25 scores; ties to the earlier label.

    Okapi BM25 with the idf ln(1 + (N - n + .5) / (n + .5)). A post that shares no word with any example is abstained
    from. The score is the harmful labels' share of the sums. No language model: on short texts it comes near one.
    """

    class Config(Ruling):
        """How it looks and votes."""

        nearest: int = Field(default=4, ge=1)
        "Examples of each label that are asked."
        k1: float = Field(default=1.2, ge=0)
        "How much a word's second occurrence adds."
        b: float = Field(default=0.75, ge=0, le=1)
        "How much long examples count less."

    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        super().__init__(config, streams)
        self._examples: Labelled | None = None

    def learn(self, examples: Labelled) -> None:
        """Index the examples."""
        two_kinds("retrieval", examples)
        vocabulary = Vocabulary(words(text) for text in examples.texts)
        self._reader = Reader(vocabulary)
        weights = bm25(self._reader.counts(examples.texts), self.config.k1, self.config.b)
        rows = rows_of(examples.labels, len(examples.names))
        self._shelves = [[Shelf(weights, part) for part in _parted(mine)] for mine in rows]
        self._examples = examples

    def classify(self, texts: Sequence[str]) -> Found:
        """The vote of the nearest examples of each label, and which these are."""
        if self._examples is None:
            raise InputError("moderator 'retrieval' learns from labelled texts before it reviews: give it examples.")
        sums, evidence = [], []
        for start in range(0, len(texts), _BLOCK):
            block = self._reader.counts(texts[start : start + _BLOCK])
            best, nearest = self._looked_up(block)
            sums.append(best)
            evidence += [[self._examples.texts[row][:_EVIDENCE]] if row >= 0 else [] for row in nearest.tolist()]
        votes = np.concatenate(sums)
        whole = votes.sum(axis=1)
        harmful = votes[:, np.asarray(self._examples.harmful, bool)].sum(axis=1)
        score = np.divide(harmful, whole, out=np.full(len(votes), 0.5), where=whole > 0)
        names = [self._examples.names[label] for label in votes.argmax(axis=1).tolist()]
        return Found(np.round(score, 9), names, whole == 0, evidence=evidence)

    def _looked_up(self, block: sp.csr_array) -> tuple[FloatArray, IntArray]:
        """(n, labels) sums of the nearest of each label, and (n,) the nearest of all, the first of equals; -1: none."""
        votes = np.zeros((block.shape[0], len(self._shelves)))
        nearest, top = np.full(block.shape[0], -1), np.zeros(block.shape[0])
        for label, shelves in enumerate(self._shelves):
            found = [shelf.best(block, self.config.nearest) for shelf in shelves]
            if not found:
                continue
            likeness = np.concatenate([one for one, _ in found], axis=1)
            n = min(self.config.nearest, likeness.shape[1])
            kept = likeness if n == likeness.shape[1] else np.partition(likeness, -n, axis=1)[:, -n:]
            votes[:, label] = kept.sum(axis=1)
            for one, row in found:
                ahead = (one[:, 0] > top) | ((one[:, 0] == top) & (row < nearest) & (top > 0))
                nearest, top = np.where(ahead, row, nearest), np.where(ahead, one[:, 0], top)
        return votes, nearest


def _parted(rows: IntArray) -> list[IntArray]:
    """So many at a time that what is added up stays near the processor."""
    return [rows[start : start + _SHELF] for start in range(0, len(rows), _SHELF)]


class Shelf:
    """Some of the examples. Words that stand in many of them are kept as full columns, which add up faster."""

    def __init__(self, weights: sp.csr_array, rows: IntArray) -> None:
        """``weights`` (examples, words); ``rows`` which of the examples, in ascending order."""
        self.rows = rows
        mine = weights[rows].T.tocsr()
        often = np.diff(mine.indptr) * _OFTEN > len(rows)
        self._often = np.flatnonzero(often)
        self._columns = mine[self._often].toarray()
        self._others = sp.csr_array(sp.diags_array((~often).astype(float)).tocsr() @ mine)
        self._others.eliminate_zeros()

    def best(self, block: sp.csr_array, nearest: int) -> tuple[FloatArray, IntArray]:
        """(n, nearest or fewer) likeness of each text to the examples that are most like it, the first of them the
        best, and (n,) the row of that one.
        """
        likeness = np.asarray(block[:, self._often] @ self._columns)
        others = block @ self._others
        of = np.repeat(np.arange(others.shape[0]) * len(self.rows), np.diff(others.indptr))
        likeness.reshape(-1)[of + others.indices] += others.data
        texts, n = np.arange(len(likeness)), min(nearest, len(self.rows))
        first = likeness.argmax(axis=1)
        if n > _PASSES:
            kept = np.sort(np.partition(likeness, -n, axis=1)[:, -n:], axis=1)[:, ::-1]
            return kept, self.rows[first]
        kept, at = np.empty((len(likeness), n)), first
        for place in range(n):
            at = at if place == 0 else likeness.argmax(axis=1)
            kept[:, place] = likeness[texts, at]
            likeness[texts, at] = -1.0
        return kept, self.rows[first]


def bm25(counts: sp.csr_array, k1: float, b: float) -> sp.csr_array:
    """(examples, words) what each occurrence of a word adds to the likeness to each example.

    In steps of 2**-30, so that sums of them are exact: the same in whatever order they are added up, on every machine.
    """
    n = counts.shape[0]
    lengths = np.asarray(counts.sum(axis=1), float)
    mean = lengths.mean() or 1.0
    holding = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.log(1 + (n - holding + 0.5) / (holding + 0.5))
    of = np.repeat(np.arange(n), np.diff(counts.indptr))
    weights = counts.data * (k1 + 1) / (counts.data + k1 * (1 - b + b * lengths[of] / mean)) * idf[counts.indices]
    return sp.csr_array((np.round(weights * _STEPS) / _STEPS, counts.indices, counts.indptr), shape=counts.shape)
