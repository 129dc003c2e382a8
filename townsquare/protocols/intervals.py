"""Differences between two arms with their intervals: what pairing buys, and how sure one may be.

Units are whatever is paired: readers, seeds, or ticks in a row. From ``MANY`` units up intervals come from a
percentile bootstrap; below, a bootstrap is too narrow and Student's t is used (docs/compare-and-sweep.md has the
formulas).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri, stdtrit

from townsquare.protocols.columns import FloatArray, steady
from townsquare.protocols.streams import Streams

MANY = 30
"""Units from which on a bootstrap is used."""
FEW_BLOCKS = 8
"""Ticks below which a block bootstrap has too few blocks to choose from, and no interval is given."""
EXACT = 14
"""Up to so many units a permutation test tries every sign; beyond, ``draws`` random ones."""

Interval = tuple[float, float]
_CELLS = 4_000_000
"""Cells of the count matrices that are held at a time."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How b differs from a over units; None stands for what cannot be said."""

    n: int
    """Units that have a value on both sides."""
    mean_a: float
    mean_b: float
    difference: float
    """b - a."""
    interval: Interval | None
    """Of the difference, unit by unit."""
    unpaired_interval: Interval | None
    """Of the difference, as if the units of a and b had nothing to do with each other."""
    variance_removed: float | None
    """Share of the variance of the difference that pairing took away; negative where it added some."""
    p_value: float | None
    """Two-sided, of no difference, unit by unit."""


def paired(
    a: ArrayLike, b: ArrayLike, *, draws: int = 2000, level: float = 0.95, rng: np.random.Generator | None = None
) -> Difference:
    """``b`` against ``a``, unit by unit; a unit with a NaN on either side is left out."""
    return paired_columns(np.reshape(a, (-1, 1)), np.reshape(b, (-1, 1)), draws=draws, level=level, rng=rng)[0]


def paired_columns(
    a: FloatArray,
    b: FloatArray,
    *,
    draws: int = 2000,
    level: float = 0.95,
    rng: np.random.Generator | None = None,
    ticks: bool = False,
) -> list[Difference]:
    """``paired`` for every column of (units, measures); all columns share the resampled units.

    ``ticks`` says that the units follow one another in time: blocks of ceil(sqrt(units)) of them are then resampled,
    and the draws stretched about the difference by what t with one degree of freedom per block less one adds.
    """
    a, b = _both(np.asarray(a, np.float64), np.asarray(b, np.float64))
    rng = rng or Streams(0).get("intervals")
    enough = FEW_BLOCKS if ticks else MANY
    n = (~np.isnan(a)).sum(axis=0)
    bootstrapped = np.flatnonzero(n >= enough)
    resampled = _Resampled.of(a[:, bootstrapped], b[:, bootstrapped], draws, rng, ticks)
    found = []
    for column in range(a.shape[1]):
        x, y = (side[~np.isnan(side[:, column]), column] for side in (a, b))
        if n[column] >= enough:
            where = int(np.searchsorted(bootstrapped, column))
            d, u = resampled.paired[:, where], resampled.unpaired[:, where]
            if ticks:
                centre = float(y.mean() - x.mean())
                d, u = (centre + _stretch(len(x), level) * (draw - centre) for draw in (d, u))
            found.append(_difference(x, y, _percentiles(d, level), _percentiles(u, level), _crossing(d)))
        elif ticks or n[column] < 2:
            found.append(_difference(x, y, None, None, None))
        else:
            found.append(_difference(x, y, t_interval(y - x, level), welch(x, y, level), sign_flip(y - x, draws, rng)))
    return found


def unpaired(
    a: ArrayLike, b: ArrayLike, *, draws: int = 2000, level: float = 0.95, rng: np.random.Generator | None = None
) -> Difference:
    """``b`` against ``a`` where no unit of one belongs to a unit of the other; n counts the smaller side."""
    x, y = (np.asarray(side, np.float64).ravel() for side in (a, b))
    x, y = x[~np.isnan(x)], y[~np.isnan(y)]
    rng = rng or Streams(0).get("intervals")
    n = min(len(x), len(y))
    interval: Interval | None = None
    if n >= MANY:
        interval = _percentiles(_means(y[:, None], draws, rng)[:, 0] - _means(x[:, None], draws, rng)[:, 0], level)
    elif n >= 2:
        interval = welch(x, y, level)
    mean_a, mean_b = (float(side.mean()) if len(side) else float("nan") for side in (x, y))
    return Difference(n, mean_a, mean_b, mean_b - mean_a, None, interval, None, None)


def t_interval(values: ArrayLike, level: float = 0.95) -> Interval | None:
    """Student's interval of the mean of a few independent values; None for fewer than two."""
    x = np.asarray(values, np.float64)
    x = x[~np.isnan(x)]
    if len(x) < 2:
        return None
    half = float(stdtrit(len(x) - 1, 0.5 + level / 2)) * float(x.std(ddof=1)) / len(x) ** 0.5
    return float(x.mean()) - half, float(x.mean()) + half


def welch(a: FloatArray, b: FloatArray, level: float = 0.95) -> Interval | None:
    """Welch's interval of mean(b) - mean(a) for independent samples; None where one holds fewer than two."""
    if min(len(a), len(b)) < 2:
        return None
    difference = float(b.mean() - a.mean())
    parts = np.array([a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)])
    total = float(parts.sum())
    if total == 0:
        return difference, difference
    share = parts / total
    freedom = 1 / float((share**2 / (np.array([len(a), len(b)]) - 1)).sum())
    half = float(stdtrit(freedom, 0.5 + level / 2)) * total**0.5
    return difference - half, difference + half


def sign_flip(differences: FloatArray, draws: int, rng: np.random.Generator) -> float:
    """p-value of the mean being 0, by flipping signs: all 2^n of them up to ``EXACT`` units, else ``draws``."""
    n = len(differences)
    exact = n <= EXACT
    signs = np.array(list(product((1.0, -1.0), repeat=n))) if exact else rng.choice((1.0, -1.0), (draws, n))
    flipped = steady(np.abs((signs * differences).mean(axis=1)))  # rounded, so that equal sums count as equal
    beyond = int((flipped >= steady(np.abs(differences.mean(keepdims=True)))).sum())
    return beyond / len(signs) if exact else (beyond + 1) / (draws + 1)


@dataclass(frozen=True, slots=True)
class _Resampled:
    """(draws, measures) differences of resampled means."""

    paired: FloatArray
    unpaired: FloatArray

    @classmethod
    def of(cls, a: FloatArray, b: FloatArray, draws: int, rng: np.random.Generator, ticks: bool) -> "_Resampled":
        if not a.size:
            return cls(np.zeros((draws, 0)), np.zeros((draws, 0)))
        # the same resampled units serve for a and for b - a; b is resampled once more on its own
        m = a.shape[1]
        first = _means(np.hstack([a, b - a]), draws, rng, ticks)
        return cls(first[:, m:], _means(b, draws, rng, ticks) - first[:, :m])


def _means(values: FloatArray, draws: int, rng: np.random.Generator, ticks: bool = False) -> FloatArray:
    """(draws, columns) means over resampled rows; a NaN counts in neither sum nor number."""
    there = ~np.isnan(values)
    # sums of what lies around the mean lose fewer digits than sums of the values
    centre = np.nansum(values, axis=0) / there.sum(axis=0)
    both = np.hstack([np.where(there, values - centre, 0.0), there])
    sums = np.concatenate([counts @ both for counts in _counts(len(values), draws, rng, ticks)])
    m = values.shape[1]
    means: FloatArray = centre + sums[:, :m] / np.maximum(sums[:, m:], 1.0)
    return means


def _counts(n: int, draws: int, rng: np.random.Generator, ticks: bool) -> Iterator[FloatArray]:
    """(some draws, n) how often each unit is drawn, until there are ``draws`` rows."""
    length = _block(n) if ticks else 1
    at_once = max(1, _CELLS // n)
    for start in range(0, draws, at_once):
        rows = min(at_once, draws - start)
        firsts = rng.integers(0, n - length + 1, (rows, -(-n // length)))
        units = (firsts[:, :, None] + np.arange(length)).reshape(rows, -1)[:, :n]
        units += n * np.arange(rows)[:, None]
        yield np.bincount(units.ravel(), minlength=rows * n).reshape(rows, n).astype(np.float64)


def _block(n: int) -> int:
    """Length of the blocks that n ticks are drawn in."""
    return int(np.ceil(np.sqrt(n)))


def _stretch(n: int, level: float) -> float:
    """By how much draws of few blocks are too narrow: t in place of the normal, n - 1 in place of n."""
    blocks = max(2, -(-n // _block(n)))
    half = 0.5 + level / 2
    return float(stdtrit(blocks - 1, half)) / float(ndtri(half)) * math.sqrt(blocks / (blocks - 1))


def _both(a: FloatArray, b: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The two sides with NaN wherever one of them has none."""
    gone = np.isnan(a) | np.isnan(b)
    return np.where(gone, np.nan, a), np.where(gone, np.nan, b)


def _percentiles(values: FloatArray, level: float) -> Interval:
    low, high = np.quantile(values, [0.5 - level / 2, 0.5 + level / 2])
    return float(low), float(high)


def _crossing(differences: FloatArray) -> float:
    """p-value that agrees with the percentile interval: below 1 - level where the interval leaves out 0."""
    rounded = steady(differences)
    one_side = min(int((rounded <= 0).sum()), int((rounded >= 0).sum()))
    return min(1.0, 2 * (one_side + 1) / (len(differences) + 1))


def _difference(
    a: FloatArray, b: FloatArray, interval: Interval | None, unpaired_interval: Interval | None, p: float | None
) -> Difference:
    n = len(a)
    if not n:
        return Difference(0, float("nan"), float("nan"), float("nan"), None, None, None, None)
    apart = float(a.var(ddof=1) + b.var(ddof=1)) if n > 1 else 0.0
    mean_a, mean_b = float(a.mean()), float(b.mean())
    varies = apart > 1e-24 * (1 + mean_a**2 + mean_b**2)  # more than the last bits of a constant
    removed = 1 - float((b - a).var(ddof=1)) / apart if varies else None
    return Difference(n, mean_a, mean_b, float((b - a).mean()), interval, unpaired_interval, removed, p)


def holm(p_values: ArrayLike) -> FloatArray:
    """p-values of one family of tests, adjusted step by step (Holm 1979); NaN stays NaN and counts as no test."""
    p = np.asarray(p_values, np.float64)
    adjusted = np.full(p.shape, np.nan)
    order = np.flatnonzero(~np.isnan(p))[np.argsort(p[~np.isnan(p)], kind="stable")]
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted
