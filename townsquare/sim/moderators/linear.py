"""A moderator that learns how much each word speaks for harm: logistic regression (scikit-learn; features ours)."""

import re
from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from pydantic import Field

from townsquare.protocols.columns import FloatArray
from townsquare.protocols.errors import InputError
from townsquare.protocols.moderator import Labelled, Span
from townsquare.protocols.streams import Streams
from townsquare.sim.moderators.classified import Classified as Base
from townsquare.sim.moderators.classified import Found, Ruling, two_kinds
from townsquare.sim.moderators.word_counts import Reader, Vocabulary, words

_LINK = re.compile(r"https?:|www\.|\.com\b|\.net\b|\.co\.", re.IGNORECASE)
_CAPITALS = re.compile(r"\b[A-Z]{3,}\b")
_DIGIT = re.compile(r"\d").search
_LOUD = re.compile(r"[A-Z]{3}").search
"""Without this there is no word in capitals, which saves the slower search."""
_LENGTHS = [f"LENGTH {n}" for n in range(9)]
_SPANS = 3
"""Words of a text that are pointed at, those that speak most for harm."""


class Linear(Base):
    """Words, the forms of numbers, length, capitals and links, each with a weight that is learnt.

    Features are counts, damped and weighed by rarity (tf-idf, 1 + ln), each text of length 1. Harmful against harmless;
    a category is told only where there are two labels. A post without any known word is abstained from.
    """

    class Config(Ruling):
        """How it learns."""

        strength: float = Field(default=30.0, gt=0)
        "Inverse of the penalty on large weights: scikit-learn's C."
        least: int = Field(default=1, ge=1)
        "Examples that a word must occur in to be known."

    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        super().__init__(config, streams)
        self._weights: FloatArray | None = None

    def learn(self, examples: Labelled) -> None:
        """Fit the weights; harmful and harmless examples count the same in all, however many there are of each."""
        from sklearn.linear_model import LogisticRegression

        broken = two_kinds("linear", examples)
        known = [features(text) for text in examples.texts]
        self._vocabulary = Vocabulary(known, self.config.least)
        self._known = list(self._vocabulary.number)
        self._reader = Reader(self._vocabulary, features, _of_piece, _about)
        counts = self._reader.counts(examples.texts)
        holding = np.bincount(counts.indices, minlength=counts.shape[1])
        self._idf = np.log((1 + len(known)) / (1 + holding)) + 1
        model = LogisticRegression(C=self.config.strength, class_weight="balanced", solver="liblinear", random_state=0)
        model.fit(self._damped(counts), broken)
        self._weights, self._bias = model.coef_[0], float(model.intercept_[0])
        pair = [name for _, name in sorted(zip(examples.harmful, examples.names, strict=True))]
        self._names = pair if len(pair) == 2 else ["harmless", "harmful"]

    def classify(self, texts: Sequence[str]) -> Found:
        """Probabilities, and the words that speak most for harm."""
        if self._weights is None:
            raise InputError("moderator 'linear' learns from labelled texts before it reviews: give it examples.")
        rows = self._damped(self._reader.counts(texts))
        score = 1 / (1 + np.exp(-(rows @ self._weights + self._bias)))
        harmful = score >= self.config.threshold
        names = [self._names[int(one)] for one in harmful]
        ends = rows.indptr.tolist()
        spans = [
            self._pointed(text, rows.indices[ends[row] : ends[row + 1]].tolist()) if harmful[row] else ()
            for row, text in enumerate(texts)
        ]
        return Found(np.round(score, 9), names, np.diff(rows.indptr) == 0, spans=spans)

    def _damped(self, counts: sp.csr_array) -> sp.csr_array:
        data = (1 + np.log(counts.data)) * self._idf[counts.indices]
        of = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        length = np.sqrt(np.bincount(of, data * data, minlength=counts.shape[0]))
        shape = counts.shape
        return sp.csr_array((data / length[of], counts.indices.astype(np.int32), counts.indptr.astype(np.int32)), shape)

    def _pointed(self, text: str, held: Sequence[int]) -> tuple[Span, ...]:
        """Where the words that speak most for harm stand in the text as it was written; ``held``: its features."""
        assert self._weights is not None
        small = text.lower()
        if len(small) != len(text):  # letters that are two when small; places are those of the text as it was written
            small = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
        weighed = [(-weight, self._known[n]) for n in held if (weight := float(self._weights[n])) > 0]
        best = [word for _, word in sorted(weighed)]
        found = []
        for word in best:
            at = small.find(word)  # a word in disguise is not found as it was written, and not pointed at
            if at >= 0:
                found.append(Span(at, at + len(word)))
            if len(found) == _SPANS:
                break
        return tuple(sorted(found))


def features(text: str) -> list[str]:
    """The words of a text and, in capitals so that no word is one, what is told of it besides."""
    found = words(text)
    forms = [_form(word) for word in found if _DIGIT(word)] if _DIGIT(text) else []
    return found + forms + _about(text)


def _of_piece(piece: str) -> list[str]:
    """The same of a piece between blanks, but for what is told of whole texts."""
    found = words(piece)
    return found + [_form(word) for word in found if _DIGIT(word)]


def _about(text: str) -> list[str]:
    found = [_LENGTHS[min(8, len(text) // 20)]]
    if _LOUD(text):
        found += ["CAPITALS"] * min(3, len(_CAPITALS.findall(text)))
    small = text.lower()  # looked at first, which is faster than to search
    if ("http" in small or "www." in small or ".co" in small or ".net" in small) and _LINK.search(text):
        found.append("LINK")
    return found


def _form(word: str) -> str:
    """A number by its digits, a mixture by its make-up: ``NUMBER 5``, ``MIXED 0a``."""
    if word.isdigit():
        return f"NUMBER {min(11, len(word))}"
    return "MIXED " + re.sub(r"[^\W\d]+", "a", re.sub(r"\d+", "0", word))
