"""Posts of one group that are near in time and alike in text, of which one was liked a good deal more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from townsquare.evaluate.persuaders.cases import Case
from townsquare.evaluate.persuaders.families import wording
from townsquare.evaluate.persuaders.posts import Posts
from townsquare.evaluate.persuaders.settings import Mining
from townsquare.protocols import BoolArray, FloatArray, IntArray, steady

_ROWS = 256
"""Posts compared with their neighbours at a time."""
_MANY = 1_000_000
"""Candidates from which on those beyond ``partners`` are let go at once."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """(m,) each: rows of posts, the better one ``strong``; sorted by weak, then strong."""

    weak: IntArray
    strong: IntArray
    text: FloatArray
    """Cosine of the vectors, six decimals."""
    gain: FloatArray
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Columns:
    """What is looked at while comparing, a number per post."""

    likes: FloatArray
    times: FloatArray
    wording: IntArray
    """Equal where texts are the same but for case and spaces."""
    accounts: IntArray
    vectors: NDArray[np.float32]


def candidates(
    posts: Posts,
    group: Sequence[str],
    times: FloatArray,
    left_out: BoolArray,
    vectors: NDArray[np.float32],
    cases: Sequence[Case],
    settings: Mining,
) -> Candidates:
    """All pairs within a group (an account, or a brand for kinds across accounts; "" is no group) that may be of one
    of ``cases``, which are either all within accounts or all across them. Of each weak post's at most
    ``settings.partners`` are kept: the most alike, ties to the earlier row.
    """
    columns = _Columns(posts.likes, times, _codes([wording(post) for post in posts.posts]),
                       _codes([post.account for post in posts.posts]), vectors)  # fmt: skip
    across = cases[0].other_account
    text, gain = min(case.text or 0.0 for case in cases), min(case.gain for case in cases)
    kept, held, cut = list[NDArray[np.float64]](), 0, False
    numbers = _codes(list(group))
    allowed = ~left_out & np.array([bool(name) for name in group])
    rows = np.flatnonzero(allowed)
    rows = rows[np.lexsort((rows, times[rows], numbers[rows]))]
    for start, stop in _runs(numbers[rows]):
        found, short = _within(rows[start:stop], columns, across, text, gain, settings)
        cut |= short
        for block in found:
            kept.append(block)
            held += len(block)
            if held > _MANY:
                kept = [_best(np.concatenate(kept), settings.partners)]
                held = len(kept[0])
    whole = np.concatenate([np.zeros((0, 4)), *kept])
    best = _best(whole, settings.partners)
    order = np.lexsort((best[:, 1], best[:, 0]))
    weak, strong = best[order, 0].astype(np.int64), best[order, 1].astype(np.int64)
    said = (f"Some posts have more than {settings.neighbours} others within {settings.hours:g} hours; they were "
            "compared with the next in time only (mining.neighbours).",) if cut else ()  # fmt: skip
    return Candidates(weak, strong, best[order, 2], best[order, 3], said)


def _within(
    rows: IntArray, columns: _Columns, across: bool, text: float, gain: float, settings: Mining
) -> tuple[Iterator[NDArray[np.float64]], bool]:
    """Blocks of (weak, strong, text similarity, gain) of one group in the order of time; whether any was cut short."""
    times = columns.times[rows]
    until = np.searchsorted(times, times + settings.hours * 3600, side="right")
    first = np.arange(len(rows)) + 1
    ends = np.minimum(until, first + settings.neighbours)
    return _blocks(rows, ends, columns, across, text, gain), bool((ends < until).any())


def _blocks(
    rows: IntArray, ends: IntArray, columns: _Columns, across: bool, text: float, gain: float
) -> Iterator[NDArray[np.float64]]:
    for at in range(0, len(rows) - 1, _ROWS):
        stop = min(at + _ROWS, len(rows))
        last = int(ends[at:stop].max())
        left, right = rows[at:stop], rows[at + 1 : last]
        if not len(right):
            continue
        here = np.arange(at + 1, last)
        near = (here > np.arange(at, stop)[:, None]) & (here < ends[at:stop, None])
        a, b = columns.likes[left][:, None], columns.likes[right][None, :]
        gains = np.abs(a - b) / np.maximum(np.minimum(a, b), 1.0)
        near &= gains >= gain
        near &= columns.wording[left][:, None] != columns.wording[right][None, :]
        near &= (columns.accounts[left][:, None] != columns.accounts[right][None, :]) == across
        if not near.any():
            continue
        alike = steady((columns.vectors[left] @ columns.vectors[right].T).astype(np.float64), 6)
        i, j = np.nonzero(near & (alike > text))
        first, second = left[i], right[j]
        turned = columns.likes[first] > columns.likes[second]
        weak, strong = np.where(turned, second, first), np.where(turned, first, second)
        yield np.column_stack([weak, strong, alike[i, j], gains[i, j]])


def _best(found: NDArray[np.float64], partners: int) -> NDArray[np.float64]:
    """The rows of each weak post that are most alike, ties to the smaller row."""
    order = np.lexsort((found[:, 1], -found[:, 2], found[:, 0]))
    found = found[order]
    starts = np.searchsorted(found[:, 0], found[:, 0], side="left")
    return found[np.arange(len(found)) - starts < partners]


def _runs(numbers: IntArray) -> Iterator[tuple[int, int]]:
    """(start, stop) of runs of equal numbers that are longer than one."""
    edges = np.flatnonzero(np.diff(numbers, prepend=-1, append=-1))
    for start, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        if stop - start > 1:
            yield start, stop


def _codes(names: Sequence[str]) -> IntArray:
    """Equal numbers for equal names, in the order in which they come up."""
    place: dict[str, int] = {}
    return np.array([place.setdefault(name, len(place)) for name in names], np.int64)
