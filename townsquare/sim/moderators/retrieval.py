"""A moderator that asks the labelled texts most like a post: BM25, and a vote (our reconstruction of a baseline)."""

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from pydantic import Field

from townsquare.protocols.columns import FloatArray, steady
from townsquare.protocols.errors import InputError
from townsquare.protocols.moderator import Labelled
from townsquare.protocols.streams import Streams
from townsquare.sim.moderators.classified import Classified as Base
from townsquare.sim.moderators.classified import Found, Ruling, rows_of, two_kinds
from townsquare.sim.moderators.word_counts import Vocabulary, words

_BLOCK = 512
"""Texts compared at a time, so that memory stays bounded whatever comes."""
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
        known = [words(text) for text in examples.texts]
        self._vocabulary = Vocabulary(known)
        self._weights = bm25(self._vocabulary.counts(known), self.config.k1, self.config.b)
        self._examples, self._rows = examples, rows_of(examples.labels, len(examples.names))

    def classify(self, texts: Sequence[str]) -> Found:
        """The vote of the nearest examples of each label, and which these are."""
        if self._examples is None:
            raise InputError("moderator 'retrieval' learns from labelled texts before it reviews: give it examples.")
        sums, evidence = [], []
        for start in range(0, len(texts), _BLOCK):
            block = self._vocabulary.counts([words(text) for text in texts[start : start + _BLOCK]])
            likeness = steady((block @ self._weights).toarray(), 9)
            sums.append(np.stack([self._best(likeness[:, rows]) for rows in self._rows], axis=1))
            evidence += self._quoted(likeness)
        votes = np.concatenate(sums)
        whole = votes.sum(axis=1)
        harmful = votes[:, np.asarray(self._examples.harmful, bool)].sum(axis=1)
        score = np.divide(harmful, whole, out=np.full(len(votes), 0.5), where=whole > 0)
        names = [self._examples.names[label] for label in votes.argmax(axis=1).tolist()]
        return Found(score, names, whole == 0, evidence=evidence)

    def _best(self, likeness: FloatArray) -> FloatArray:
        n = min(self.config.nearest, likeness.shape[1])
        if n == 0:
            return np.zeros(len(likeness))
        return np.asarray(-np.partition(-likeness, n - 1, axis=1)[:, :n].sum(axis=1))

    def _quoted(self, likeness: FloatArray) -> list[list[str]]:
        assert self._examples is not None
        nearest = likeness.argmax(axis=1).tolist()
        return [
            [self._examples.texts[place][:_EVIDENCE]] if row[place] > 0 else []
            for row, place in zip(likeness, nearest, strict=True)
        ]


def bm25(counts: sp.csr_array, k1: float, b: float) -> sp.csc_array:
    """(words, examples) what each occurrence of a word adds to the likeness to each example."""
    n = counts.shape[0]
    lengths = np.asarray(counts.sum(axis=1), float)
    mean = lengths.mean() or 1.0
    holding = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.log(1 + (n - holding + 0.5) / (holding + 0.5))
    of = np.repeat(np.arange(n), np.diff(counts.indptr))
    weights = counts.data * (k1 + 1) / (counts.data + k1 * (1 - b + b * lengths[of] / mean)) * idf[counts.indices]
    return sp.csr_array((weights, counts.indices, counts.indptr), shape=counts.shape).T.tocsc()
