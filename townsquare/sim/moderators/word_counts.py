"""Texts as counts of words, fast enough for every post of a town."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import scipy.sparse as sp

from townsquare.sim.moderators.normalise import LONGEST, normalised, plain

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|[£$€%!?]")
_ODD = re.compile("[^\x00-\x9f¡£¥§©®°±«»¿×÷À-ÖØ-öø-ÿ–—‘’“”•…€]")
"""Signs besides which a text cannot be read piece by piece: look-alikes of other scripts, invisible signs, digits that
are none. Accents, currencies and quotation marks change nothing beyond the piece that they stand in.
"""
_APART = re.compile("[ .*_-][a-zß-öø-ÿ][ .*_-][a-zß-öø-ÿ][ .*_-][a-zß-öø-ÿ]")
"""Without this no letters are set apart across blanks."""
_SEEN = 200_000
"""Pieces of text that are remembered; most of what people write is made of few."""
_SHORT = 40
"""Letters of a piece that is remembered; longer ones are seldom met twice."""


def words(text: str) -> list[str]:
    """The words of a text in order, disguises taken off, with the signs that mean something: money, %, ! and ?."""
    pieces = pieces_of(text)
    return _found(text) if pieces is None else list(chain.from_iterable(map(_WORDS.__getitem__, pieces)))


def pieces_of(text: str) -> list[str] | None:
    """The pieces between blanks, in small letters; None for a text that has to be read as a whole."""
    small = text[:LONGEST].lower()
    if not small.isascii() and _ODD.search(text):
        return None
    return None if _APART.search(small) and not plain(text[:LONGEST]) else small.split()


def _found(text: str) -> list[str]:
    return _WORD.findall(normalised(text))


class Pieces(dict[str, tuple[Any, ...]]):
    """What ``read`` makes of a piece of text, kept for the next time."""

    def __init__(self, read: Callable[[str], Iterable[Any]]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, piece: str) -> tuple[Any, ...]:
        found = tuple(self._read(piece))
        if len(piece) <= _SHORT:
            if len(self) >= _SEEN:
                self.clear()
            self[piece] = found
        return found


_WORDS = Pieces(_found)


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


class Reader:
    """Counts what a vocabulary knows straight from texts; a piece between blanks that was met before is not read again.

    The same as ``Vocabulary.counts`` of what ``whole`` gives, only faster.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        whole: Callable[[str], Sequence[str]] = words,
        piece: Callable[[str], Sequence[str]] = _found,
        about: Callable[[str], Sequence[str]] | None = None,
    ) -> None:
        """``whole`` reads a text; the parts of what it gives are ``piece`` of each piece and ``about`` of the text."""
        number: Mapping[str, int] = vocabulary.number
        self._size = max(1, len(vocabulary))
        self._numbers = Pieces(lambda text: [number[word] for word in piece(text) if word in number])
        self._number, self._whole, self._about = number, whole, about

    def counts(self, texts: Sequence[str]) -> sp.csr_array:
        """(texts, words) float64: how often each word occurs; words that are not known are left out."""
        numbers: list[int] = []
        ends = [0]
        of, number = self._numbers.__getitem__, self._number
        for text in texts:
            pieces = pieces_of(text)
            if pieces is None:
                numbers.extend([number[word] for word in self._whole(text) if word in number])
            else:
                numbers.extend(chain.from_iterable(map(of, pieces)))
                if self._about is not None:
                    numbers.extend([number[word] for word in self._about(text) if word in number])
            ends.append(len(numbers))
        shape = (len(texts), self._size)
        indices, ends_of = np.array(numbers, np.int32), np.array(ends, np.int32)
        made = sp.csr_array((np.ones(len(numbers)), indices, ends_of), shape=shape)
        made.sum_duplicates()
        return made
