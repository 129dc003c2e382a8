"""Which labelled texts are shown to a language model before it judges one (arXiv 2511.05532, retrieval r)."""

from collections.abc import Sequence
from typing import Any, Literal, Protocol

import numpy as np

from townsquare.protocols.columns import FloatArray, IntArray, steady
from townsquare.protocols.moderator import Labelled
from townsquare.protocols.streams import Streams
from townsquare.sim.moderators.retrieval import bm25
from townsquare.sim.moderators.word_counts import Vocabulary, words

How = Literal["random", "lexical", "semantic"]
_BLOCK = 256


class Embeds(Protocol):
    """Texts to vectors of norm 1 (``protocols.memory.Embedder``)."""

    def embed(self, texts: Sequence[str], /) -> Any:
        """(n, d)."""


class Demonstrations:
    """``k`` examples for each text: any, the same for all texts; or those most like it by BM25, or by embedding.

    Balanced: k / labels of each label, the first labels one more where that is no whole number; where a label has too
    few, the rest is filled at random. What is chosen is put in an order that hangs on the seed alone. A text is never
    its own example. With fewer than k examples all of them are shown.
    """

    def __init__(
        self, examples: Labelled, k: int, how: How, streams: Streams, *, balanced: bool = True, embedder: Any = None
    ) -> None:
        self.examples, self.k, self.how, self.balanced = examples, min(k, len(examples)), how, balanced
        self._order = streams.get("demonstrations", "random").permutation(len(examples))
        self._shuffle = streams.get("demonstrations", "order").random(len(examples))
        self._embedder = embedder
        if how == "lexical" and self.k:
            known = [words(text) for text in examples.texts]
            self._vocabulary = Vocabulary(known)
            self._weights = bm25(self._vocabulary.counts(known), 1.2, 0.75).T.tocsr()
        elif how == "semantic" and self.k:
            self._vectors = np.asarray(embedder.embed(list(examples.texts)), float)

    def of(self, texts: Sequence[str]) -> list[IntArray]:
        """Rows of the examples for each text, in the order in which they are shown."""
        if not self.k:
            return [np.zeros(0, np.int64) for _ in texts]
        found = []
        for start in range(0, len(texts), _BLOCK):
            block = texts[start : start + _BLOCK]
            for text, ranked in zip(block, self._ranked(block), strict=True):
                rows = self._first(ranked[[self.examples.texts[row] != text for row in ranked.tolist()]])
                found.append(rows[np.argsort(self._shuffle[rows], kind="stable")])
        return found

    def _ranked(self, texts: Sequence[str]) -> list[IntArray]:
        """All rows for each text, best first; ties, and what is not alike at all, in the random order."""
        if self.how == "random":
            return [self._order] * len(texts)
        likeness = self._likeness(texts)[:, self._order]
        return [self._order[row] for row in np.argsort(-likeness, axis=1, kind="stable")]

    def _likeness(self, texts: Sequence[str]) -> FloatArray:
        if self.how == "lexical":
            return np.asarray((self._vocabulary.counts([words(text) for text in texts]) @ self._weights).toarray())
        return steady(np.asarray(self._embedder.embed(list(texts)), float) @ self._vectors.T, 6)

    def _first(self, ranked: IntArray) -> IntArray:
        if not self.balanced:
            return ranked[: self.k]
        labels, names = self.examples.labels[ranked], len(self.examples.names)
        quota = [self.k // names + (label < self.k % names) for label in range(names)]
        chosen = np.concatenate([np.flatnonzero(labels == label)[: quota[label]] for label in range(names)])
        missing = self.k - len(chosen)
        if missing > 0:
            rest = self._order[~np.isin(self._order, ranked[chosen]) & np.isin(self._order, ranked)]
            return np.concatenate([ranked[chosen], rest[:missing]])
        return ranked[chosen]
