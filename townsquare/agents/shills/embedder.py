"""Texts as vectors for a shill that nobody gave an embedder: TF-IDF of words, hashed."""

from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b
from math import log

import numpy as np
from numpy.typing import NDArray

from townsquare.agents.reviewers.words import telling, words


class TfIdf:
    """Texts that share rare words are near each other; nothing of what words mean is seen.

    A word that occurs t times, and in n of the N texts, counts (1 + ln t) (1 + ln((1 + N) / (1 + n))). Words are hashed
    to places with a sign, as in Weinberger et al., "Feature Hashing for Large Scale Multitask Learning" (2009).
    """

    def __init__(self, texts: Sequence[str], dimensions: int = 256) -> None:
        """``texts`` are those that tell how rare a word is: the public texts of all items."""
        self.dimensions, self._texts = dimensions, len(texts)
        self._holding = Counter(word for text in texts for word in telling(text))
        self._places: dict[str, tuple[int, float]] = {}

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(len(texts), dimensions) vectors of norm 1; zeros for a text without words."""
        vectors = np.zeros((len(texts), self.dimensions))
        for row, text in enumerate(texts):
            said = Counter(words(text))
            for word in telling(text):
                place, weight = self._place(word)
                vectors[row, place] += weight * (1 + log(said[word]))
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)

    def _place(self, word: str) -> tuple[int, float]:
        """Where a word falls, and how much it counts there."""
        if word not in self._places:
            # not hash(), which differs from one process to the next
            number = int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
            rarity = 1 + log((1 + self._texts) / (1 + self._holding[word]))
            self._places[word] = (number >> 1) % self.dimensions, rarity if number & 1 else -rarity
        return self._places[word]
