"""What a score would be if nothing mattered but how many ties each node has."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from townsquare.protocols import BoolArray, IntArray, Streams
from townsquare.sim.polarisation.ties import Ties

SWAPS = 10
"""Swaps for each tie."""
_KEPT: dict[tuple[str, int, int, int], tuple[Ties, ...]] = {}
"""The null graphs of the last few graphs; a pure function of their keys."""
_FEW = 2
_LARGE = 1000
"""Ties from which on numbers of swaps hardly vary."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A score beside those of random graphs with the same degrees."""

    score: float
    mean: float
    """Of the null scores that are numbers; NaN where none is."""
    sd: float
    """Of the null scores, dividing by their number less 1; NaN for fewer than two."""

    @property
    def excess(self) -> float:
        """Score less the mean of the null: what sides add to what degrees would give anyway."""
        return self.score - self.mean

    @property
    def z(self) -> float:
        """The excess in units of the null's sd; NaN where that is 0."""
        return self.excess / self.sd if self.sd > 1e-12 else float("nan")


def beside(scores: Callable[[Ties], Mapping[str, float]], ties: Ties, nulls: Sequence[Ties]) -> dict[str, Beside]:
    """The scores of ``ties``, by name, each beside the same score of the ``nulls``."""
    drawn = [scores(null) for null in nulls]
    found = {}
    for name, score in scores(ties).items():
        values = np.array([one[name] for one in drawn])
        values = values[~np.isnan(values)]
        mean = float(values.mean()) if len(values) else float("nan")
        found[name] = Beside(score, mean, float(values.std(ddof=1)) if len(values) > 1 else float("nan"))
    return found


def rewirings(
    ties: Ties, count: int = 20, seed: int = 0, swaps: int = SWAPS, *, step: Callable[[int], None] | None = None
) -> tuple[Ties, ...]:
    """``count`` random graphs with the degrees of ``ties``, each from a stream of its own of ``seed``.

    How many rounds of swaps (see ``rewired``) each of them gets is the same for all: more than a first trial takes to
    make ``swaps`` swaps for each tie, by a quarter, or twice as many up to 1,000 ties. Were each of them to stop at a
    number of swaps instead, graphs that allow many would come up too often.

    A graph in which hardly any swap is possible (complete, a star) is nearly the only one with its degrees; there the
    trial is given up after 1,000 rounds, or after 200 where there are more than 1,000 ties.

    The graphs of the last few ``ties`` are kept, so that asking again costs nothing. Memory: 8 bytes for each tie and
    rewiring. Time: 2 s for a rewiring of a million ties, a minute for ten million; ``step`` is told how many there are.
    """
    key = (ties.digest(), count, seed, swaps)
    if key not in _KEPT:
        streams = Streams(seed)
        rounds = _rounds(ties, streams.get("polarisation", "null", "trial"), swaps)
        made = []
        for i in range(count):
            made.append(rewired(ties, streams.get("polarisation", "null", i), rounds))
            if step is not None:
                step(i + 1)
        while len(_KEPT) >= _FEW:
            _KEPT.pop(next(iter(_KEPT)))
        _KEPT[key] = tuple(made)
    return _KEPT[key]


def rewired(ties: Ties, rng: np.random.Generator, rounds: int) -> Ties:
    """A random simple graph in which each node has as many ties as in ``ties``.

    A round makes many double-edge swaps, (a, b), (c, d) -> (a, d), (c, b) or (a, c), (b, d), at a time: all ties are
    paired at random, and a pair is swapped unless that would make a loop or change nothing, or unless one of its two
    old and two new ties is also a tie outside the pair, or one that another pair has or would make. What stands in the
    way of a swap would stand in the way of its undoing as well, so every round is as likely as its reverse, and after
    many rounds all graphs with these degrees that swaps lead to are equally likely (derived; tested by counting).
    """
    one, other = ties.one.astype(np.int32), ties.other.astype(np.int32)
    for _ in range(rounds):
        _round(ties.n, one, other, rng)
    return Ties(ties.n, one, other)


def _rounds(ties: Ties, rng: np.random.Generator, swaps: int) -> int:
    one, other = ties.one.astype(np.int32), ties.other.astype(np.int32)
    large = len(ties) > _LARGE
    most = 200 if large else 1000
    rounds = done = 0
    while done < swaps * len(ties) and rounds < most:
        done += _round(ties.n, one, other, rng)
        rounds += 1
    return rounds + (-(-rounds // 4) if large else rounds)


def _round(n: int, one: IntArray, other: IntArray, rng: np.random.Generator) -> int:
    """Swap in place; how many pairs were."""
    order = rng.permutation(len(one))
    pairs = len(one) // 2
    first, second = order[:pairs], order[pairs : 2 * pairs]
    turned = rng.random(pairs) < 0.5
    a, b = one[first], other[first]
    c = np.where(turned, other[second], one[second])
    d = np.where(turned, one[second], other[second])
    good = _possible(n, one, other, (a, b, c, d), first, second)
    one[first[good]], other[first[good]] = a[good], d[good]
    one[second[good]], other[second[good]] = c[good], b[good]
    return int(good.sum())


def _possible(
    n: int, one: IntArray, other: IntArray, ends: tuple[IntArray, ...], first: IntArray, second: IntArray
) -> BoolArray:
    """(pairs,) whether to swap each pair of ties, see ``rewired``."""
    a, b, c, d = ends
    good = (a != d) & (b != c) & (a != c) & (b != d)
    old = _keys(n, one, other)
    new = np.concatenate([_keys(n, a, d), _keys(n, c, b)])
    new_good = new[np.concatenate([good, good])]
    together = np.sort(np.concatenate([old, new_good]))
    twice = together[1:][together[1:] == together[:-1]]
    if not len(twice):
        return good
    # few ties are in the way, so whether one is is looked up in a small table of hashes; that a tie which is not is
    # now and then taken for one that is does no harm, for it is so before and after the swap alike
    bits = min(max(len(twice).bit_length() + 6, 10), 26)
    table = np.zeros(1 << bits, bool)
    table[_hashed(twice, bits)] = True
    pairs = len(a)
    blocked = table[_hashed(new, bits)]
    held = table[_hashed(old, bits)]
    return good & ~(blocked[:pairs] | blocked[pairs:] | held[first] | held[second])


def _keys(n: int, one: IntArray, other: IntArray) -> IntArray:
    """One number for each pair of nodes, whichever comes first."""
    return np.minimum(one, other).astype(np.int64) * n + np.maximum(one, other)


def _hashed(keys: IntArray, bits: int) -> IntArray:
    """Multiplicative hashing (Knuth): the upper bits of a product with the golden ratio."""
    return (keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(64 - bits)).astype(np.int64)
