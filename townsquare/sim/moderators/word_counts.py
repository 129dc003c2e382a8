"""Texts as counts of words, fast enough for every post of a town."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain

import numpy as np
import scipy.sparse as sp

from townsquare.sim.moderators.normalise import LONGEST, normalised, plain

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|[£$€%!?]")


_SEEN = 200_000
"""Pieces of text that are remembered; most of what people write is made of few."""


def words(text: str) -> list[str]:
    """The words of a text in order, disguises taken off, with the signs that mean something: money, %, ! and ?."""
    text = text[:LONGEST]
    pieces = text.lower().split()
    if not text.isascii() or (list(map(len, pieces)).count(1) > 1 and not plain(text)):
        return _WORD.findall(normalised(text))
    return list(chain.from_iterable(map(_words_of, pieces)))


@lru_cache(maxsize=_SEEN)
def _words_of(piece: str) -> list[str]:
    return _WORD.findall(normalised(piece))


class Vocabulary:
    """The words of some texts, numbered in the order in which they first occur."""

    def __init__(self, texts: Iterable[Sequence[str]], least: int = 1) -> None:
        """``texts`` as words; only words that occur in ``least`` of them or more are known."""
        held: dict[str, int] = {}
        for text in texts:
            for word in dict.fromkeys(text):
                held[word] = held.get(word, 0) + 1
        kept = [word for word, n in held.items() if n >= least]
        self.number = {word: place for place, word in enumerate(kept)}

    def __len__(self) -> int:
        return len(self.number)

    def counts(self, texts: Sequence[Sequence[str]]) -> sp.csr_array:
        """(texts, words) float64: how often each word occurs; words that are not known are left out."""
        get = self.number.get
        numbers = np.fromiter((get(word, -1) for word in chain.from_iterable(texts)), np.int32)
        rows = np.repeat(np.arange(len(texts), dtype=np.int32), np.fromiter(map(len, texts), np.int64, len(texts)))
        known = numbers >= 0
        shape = (len(texts), max(1, len(self.number)))
        return sp.coo_array((np.ones(int(known.sum())), (rows[known], numbers[known])), shape=shape).tocsr()
