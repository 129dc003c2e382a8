"""Strengths from pairwise matches: Bradley-Terry by maximum likelihood, in Elo points, with intervals over inputs.

    P(i beats j) = 1 / (1 + 10^((R_j - R_i) / 400))

All matches count at once, so that their order means nothing. The leaderboard of PersuasionArena gives Elo averages;
how they were pooled is not published, and this fit is our reconstruction.
"""

from dataclasses import dataclass

import numpy as np

from townsquare.protocols import FloatArray, IntArray, steady

PINNED = 979.0
"""Rating of the unchanged text: what the published leaderboard has for Baseline T1."""
POINTS = 400 / np.log(10)
"""Elo points per unit of strength (natural logarithm of the odds)."""
_STEPS = 100


@dataclass(frozen=True, slots=True)
class Scores:
    """Outcomes of matches, by input."""

    inputs: IntArray
    """(m,) the input of each match, any numbers."""
    left: IntArray
    """(m,) contestants, from 0."""
    right: IntArray
    score: FloatArray
    """(m,) 1 where ``left`` won, 0 where ``right`` did, 0.5 for a tie."""

    def __len__(self) -> int:
        return len(self.inputs)

    def wins(self, n: int) -> FloatArray:
        """(n, n) how often row beat column, a tie being half a win for both."""
        return self.by_input(n).sum(axis=0)

    def by_input(self, n: int) -> FloatArray:
        """(inputs, n, n) the same for each input."""
        _, unit = np.unique(self.inputs, return_inverse=True)
        found = np.zeros((int(unit.max(initial=-1)) + 1, n, n))
        np.add.at(found, (unit, self.left, self.right), self.score)
        np.add.at(found, (unit, self.right, self.left), 1 - self.score)
        return found


@dataclass(frozen=True, slots=True)
class Ratings:
    """(n,) each, in Elo points."""

    points: FloatArray
    low: FloatArray
    """Lower end of the 95 % interval; NaN where there are fewer than two inputs."""
    high: FloatArray
    played: IntArray
    """Matches each took part in."""


def rate(
    scores: Scores, n: int, pinned: int, *, ridge: float = 1e-3, draws: int = 200, rng: np.random.Generator
) -> Ratings:
    """Ratings of contestants 0 to n - 1, that of ``pinned`` being 979; percentile bootstrap over inputs.

    Whoever has played no match has no rating (NaN). Inputs are resampled, not matches: what two contestants wrote for
    one input hangs together. A rating of one who wins everything is finite by the ridge only, and so are its ends.
    """
    units = scores.by_input(n)
    whole = units.sum(axis=0)
    played = np.rint((whole + whole.T).sum(axis=1)).astype(np.int64)
    points = np.where(played > 0, elo(strengths(whole, ridge), pinned), np.nan)
    low = high = np.full(n, np.nan)
    if len(units) > 1:
        start, drawn = strengths(whole, ridge), []
        for _ in range(draws):
            counts = np.bincount(rng.integers(0, len(units), len(units)), minlength=len(units))
            wins = np.tensordot(counts.astype(float), units, 1)
            there = (wins + wins.T).sum(axis=1) > 0  # who is in no input of this draw has no rating in it
            drawn.append(np.where(there, elo(strengths(wins, ridge, start), pinned), np.nan))
        low, high = _ends(np.array(drawn))
    return Ratings(steady(points, 6), low, high, played)


def _ends(drawn: FloatArray) -> tuple[FloatArray, FloatArray]:
    """95 % percentiles of each column without its NaN; NaN for a column of nothing else."""
    found = [np.quantile(column[there], [0.025, 0.975]) if (there := ~np.isnan(column)).any() else [np.nan, np.nan]
             for column in drawn.T]  # fmt: skip
    low, high = steady(np.array(found), 6).T
    return low, high


def strengths(wins: FloatArray, ridge: float = 1e-3, start: FloatArray | None = None) -> FloatArray:
    """(n,) logarithmic strengths that maximise sum wins[i, j] log P(i beats j) - ridge / 2 sum strength^2.

    Newton's method; the sum is strictly concave, so that there is one maximum. Its mean is 0 but for rounding.
    """
    n = len(wins)
    played = wins + wins.T
    found = np.zeros(n) if start is None else start.copy()
    value = _likelihood(found, wins, ridge)
    for _ in range(_STEPS):
        chance = _chances(found)
        slope = (wins - played * chance).sum(axis=1) - ridge * found
        weight = played * chance * (1 - chance)
        curve = np.diag(weight.sum(axis=1) + ridge) - weight
        step = np.linalg.solve(curve, slope)
        size = 1.0
        while (new := _likelihood(found + size * step, wins, ridge)) < value and size > 1e-10:
            size /= 2
        found, value = found + size * step, max(new, value)
        if np.abs(size * step).max(initial=0) < 1e-10:
            break
    return found


def elo(strength: FloatArray, pinned: int) -> FloatArray:
    """Elo points, shifted so that ``pinned`` has 979."""
    points: FloatArray = (strength - strength[pinned]) * POINTS + PINNED
    return points


def online(
    scores: Scores, n: int, pinned: int, *, k: float = 16.0, orders: int = 20, rng: np.random.Generator | None = None
) -> FloatArray:
    """(n,) ratings by the online rule R += k (s - P), averaged over ``orders`` shuffles, that of ``pinned`` being 979.

    The result of one pass hangs on the order of the matches, and the last ones count most; ``rng`` None makes a single
    pass in the order given, which shows it. K and the start are not published: 16 and equal ratings are ours.
    """
    passes = [np.arange(len(scores))] if rng is None else [rng.permutation(len(scores)) for _ in range(orders)]
    whole = np.zeros(n)
    left, right, score = scores.left.tolist(), scores.right.tolist(), scores.score.tolist()
    for order in passes:
        points = [PINNED] * n
        for m in order.tolist():
            i, j = left[m], right[m]
            change = k * (score[m] - 1 / (1 + 10 ** ((points[j] - points[i]) / 400)))
            points[i] += change
            points[j] -= change
        whole += points
    mean = whole / len(passes)
    return steady(mean - mean[pinned] + PINNED, 6)


def _chances(strength: FloatArray) -> FloatArray:
    """(n, n) that row beats column."""
    return 1 / (1 + np.exp(np.clip(strength[None, :] - strength[:, None], -700, 700)))


def _likelihood(strength: FloatArray, wins: FloatArray, ridge: float) -> float:
    apart = strength[:, None] - strength[None, :]
    return float(-(wins * np.logaddexp(0, -apart)).sum() - ridge / 2 * (strength**2).sum())
