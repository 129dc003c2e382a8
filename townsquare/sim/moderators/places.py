"""Where the letters of a normalised text stand in the text as it was written."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from townsquare.protocols.moderator import Span
from townsquare.sim.moderators import normalise as steps

_GAPS = frozenset(" .-_*")
"""What ``normalised`` takes out between letters set apart."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A text with its disguises taken off, and where each of its letters came from."""

    text: str
    """What ``normalised`` makes of the original."""
    starts: Sequence[int]
    """(len(text),) where the letter begins in the original."""
    ends: Sequence[int]
    """(len(text),) where it ends there, marks, invisible signs and repetitions that were taken out included."""

    def span(self, start: int, end: int) -> Span:
        """``text[start:end]`` as a place in the original; ``start < end``."""
        return Span(self.starts[start], self.ends[end - 1])


def placed(text: str) -> Placed:
    """``normalised(text)``, letter by letter: slower, for texts in which something is to be pointed at."""
    text = text[: steps.LONGEST]
    letters = text
    starts = list(range(len(text)))
    ends = [start + 1 for start in starts]
    if text.isascii():
        letters = text.lower()
    else:
        letters, starts, ends = _plain_letters(text)
        if any("a" <= c <= "z" for c in letters):
            letters = " ".join(steps._folded(word) for word in letters.split(" "))
    if steps._HINT.search(letters):
        letters = steps._MIXED.sub(steps._spelled, letters)  # a letter for a letter
    letters, starts, ends = _without(letters, starts, ends, _gaps(letters))
    return Placed(*_without(letters, starts, ends, _repeated(letters)))


def _plain_letters(text: str) -> tuple[str, list[int], list[int]]:
    """Small letters in compatibility form without marks and invisible signs; what is left out goes to the last one."""
    made: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for place, written in enumerate(text):
        shown = [
            c
            for c in unicodedata.normalize("NFKD", written)
            if not steps._INVISIBLE.match(c) and unicodedata.category(c)[0] != steps._MARK
        ]
        if not shown and ends:
            ends[-1] = place + 1
        made += shown
        starts += [place] * len(shown)
        ends += [place + 1] * len(shown)
    return "".join(made).lower(), starts, ends


def _gaps(letters: str) -> set[int]:
    """Places of what stands between letters set apart."""
    return {
        place
        for found in steps._APART.finditer(letters)
        for place in range(found.start(), found.end())
        if letters[place] in _GAPS
    }


def _repeated(letters: str) -> set[int]:
    """Places of every letter after the second of a row of the same."""
    found: list[re.Match[str]] = list(steps._DRAWN_OUT.finditer(letters))
    return {place for one in found for place in range(one.start() + 2, one.end())}


def _without(letters: str, starts: list[int], ends: list[int], gone: set[int]) -> tuple[str, list[int], list[int]]:
    """Everything but the letters at ``gone``, each of which counts as a part of the letter before it."""
    if not gone:
        return letters, starts, ends
    kept = [place for place in range(len(letters)) if place not in gone]
    last = {place: place for place in kept}
    for place in sorted(gone):
        last[place] = last[place - 1]
    reach = dict(zip(kept, (ends[place] for place in kept), strict=True))
    for place in sorted(gone):
        reach[last[place]] = ends[place]
    return "".join(letters[p] for p in kept), [starts[p] for p in kept], [reach[p] for p in kept]
