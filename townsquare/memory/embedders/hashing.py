"""Texts as vectors by signed feature hashing: no model, no download, the same numbers on every machine."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from itertools import chain, pairwise
from math import log

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from townsquare.protocols import Settings, Streams

_WORD = re.compile(r"\w+")


class Hashing:
    """Texts that share words get vectors that are alike; no model, no download.

    Every word, and every pair of neighbouring words, adds to or takes from one place of the vector.
    Lexical only: two texts are alike when they share words, and nothing of what the words mean is seen ("car" and
    "automobile" have nothing in common). Upper and lower case count as the same; a language written without spaces
    is cut at punctuation only, so little is shared there. After Weinberger et al., "Feature Hashing for Large Scale
    Multitask Learning" (2009).
    """

    class Config(Settings):
        """What can be set."""

        dimensions: int = Field(default=100, ge=1)
        "Length of a vector; the fewer there are, the more words fall on the same place."

    def __init__(self, config: Config, streams: Streams) -> None:
        """``streams`` is not used: where a word falls depends on the word alone."""
        self.config = config

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(len(texts), dimensions) vectors of norm 1.

        A word or pair that occurs t times counts 1 + ln(t), so that repeating a word matters less and less. A text
        without words gives a zero vector.
        """
        vectors = np.zeros((len(texts), self.config.dimensions))
        places: dict[str, tuple[int, float]] = {}
        for row, text in enumerate(texts):
            for feature, count in Counter(_features(text)).items():
                if feature not in places:
                    places[feature] = _place(feature, self.config.dimensions)
                place, sign = places[feature]
                vectors[row, place] += sign * (1 + log(count))
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors /= np.where(norms > 0, norms, 1)
        return vectors.astype(np.float32)


def _features(text: str) -> Iterator[str]:
    # NFKC first: the same letter may be written as one code point or as two
    words = _WORD.findall(unicodedata.normalize("NFKC", text).lower())
    return chain(words, (f"{one} {two}" for one, two in pairwise(words)))


def _place(feature: str, dimensions: int) -> tuple[int, float]:
    # not hash(), which differs from one process to the next
    number = int.from_bytes(blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
    return (number >> 1) % dimensions, 1.0 if number & 1 else -1.0
