"""Partial proportional odds: effects that are the same at every threshold, beside a factor that moves each its own way.

logit P(y <= j | level p, x) = a[p, j] - x . beta. A nominal factor with thresholds of its own at each level, as
``clm(y ~ x, nominal = ~ p)`` of R's ``ordinal`` has it (Christensen 2019): with contrasts the same model reads
theta_j + sum_k gamma[k, j] c_k(p) - x . beta, where theta_j is the mean of a[p, j] over levels and, with
backward differences, gamma[k, j] = a[k + 1, j] - a[k, j]. Two categories and one level make it a logistic regression.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from townsquare.protocols.columns import FloatArray, IntArray, steady

_STEPS = 200
_ENOUGH = 1e-14
"""Half the gain in log-likelihood that Newton's next step promises, per person, at which it stops."""
_FLAT = 1e-4
"""Information (that of a person in the middle is 1/4) below which the data do not tell an effect."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A maximum of the likelihood."""

    beta: FloatArray
    """(k,) effects: positive ones push y up."""
    cuts: FloatArray
    """(levels, categories - 1) a[p, j], rising in j. Where nobody of a level lies in a category, its two thresholds
    meet (or lie at minus or plus infinity), which is where the likelihood is largest; NaN for a level without people.
    """
    covariance: FloatArray
    """(m, m) inverse of the observed information: of beta, then of the distinct finite thresholds."""
    place: IntArray
    """(levels, categories - 1) where in ``covariance`` a threshold stands; -1 where it is not finite."""
    log_likelihood: float
    n: int
    """People."""
    flat: tuple[int, ...]
    """Effects, by place in beta, that the data do not tell: the likelihood hardly changes along them. Whoever finds one
    here should leave it out, or those people whom it is about.
    """

    @property
    def parameters(self) -> int:
        """Effects and distinct finite thresholds: 23 in the debate trial."""
        return len(self.covariance)

    @property
    def aic(self) -> float:
        """Akaike's criterion."""
        return 2 * self.parameters - 2 * self.log_likelihood

    @property
    def residual_df(self) -> int:
        """People less parameters."""
        return self.n - self.parameters

    @property
    def beta_se(self) -> FloatArray:
        """(k,) standard errors of the effects."""
        return _root(np.diag(self.covariance)[: len(self.beta)])

    def combined(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(r, categories - 1) sums over levels of ``weights`` (r, levels) times the thresholds; their standard errors.

        NaN where a threshold that counts is not finite.
        """
        wanted = np.where(weights[:, :, None] != 0, self.cuts[None], 0.0)
        with np.errstate(invalid="ignore"):
            value = (weights[:, :, None] * wanted).sum(axis=1)
        rows, thresholds = value.shape
        spread = np.zeros((rows, thresholds, self.parameters))
        for j in range(thresholds):
            there = self.place[:, j] >= 0
            np.add.at(spread[:, j].T, self.place[there, j], weights[:, there].T)
        se = _root(np.einsum("rjm,mn,rjn->rj", spread, self.covariance, spread))
        known = np.isfinite(value)
        return np.where(known, value, np.nan), np.where(known, se, np.nan)


def fit(x: FloatArray, counts: IntArray) -> Fit:
    """The effects and thresholds under which what was seen is likeliest.

    The log-likelihood is concave, so Newton's method finds its maximum from any start; a step to thresholds out of
    order (a category with a negative probability) counts as minus infinity and is halved. The same on every machine to
    about nine digits.

    Args:
        x: (groups, k) what the effects are effects of; k = 0 is fine.
        counts: (groups, levels, categories) people by group, level of the nominal factor, and outcome.
    """
    k = x.shape[1]
    place, n_cuts = _free(counts.sum(axis=0), k)
    cells = _Cells.of(x, counts, place, n_cuts)
    at = np.concatenate([np.zeros(k), _marginal(counts.sum(axis=0), place, n_cuts, k)])
    value, slope, bend = cells.around(at)
    n = int(counts.sum())
    for _ in range(_STEPS):
        step = np.linalg.lstsq(bend, slope, rcond=1e-12)[0]
        promised = float(slope @ step)
        if promised <= _ENOUGH * max(n, 1):
            break
        size, reached = 1.0, cells.value(at + step)
        while reached < value + 1e-4 * size * promised and size > 1e-9:
            size /= 2
            reached = cells.value(at + size * step)
        if size <= 1e-9:
            break  # nothing is left to gain that floats could tell
        at = at + size * step
        value, slope, bend = cells.around(at)
    cuts = _spread_out(at, place, counts.sum(axis=0))
    return Fit(at[:k], cuts, np.linalg.pinv(bend, hermitian=True), place, value, n, _flat(bend, k))


@dataclass(frozen=True, slots=True)
class _Cells:
    """Everybody of one group, level and outcome, as one row."""

    n: FloatArray
    upper: FloatArray
    """(cells, m) d(upper threshold - x beta) / d parameters."""
    lower: FloatArray
    open_above: FloatArray
    """(cells,) infinity where the category is the level's last, else 0."""
    open_below: FloatArray

    @classmethod
    def of(cls, x: FloatArray, counts: IntArray, place: IntArray, n_cuts: int) -> "_Cells":
        group, level, outcome = np.nonzero(counts)
        k = x.shape[1]
        ends = np.full((place.shape[0], 1), -1)
        borders = np.concatenate([ends, place, ends], axis=1)

        def design(border: IntArray) -> FloatArray:
            out = np.zeros((len(group), k + n_cuts))
            there = np.flatnonzero(border >= 0)
            out[there, :k] = -x[group[there]]
            out[there, border[there]] = 1.0
            return out

        above, below = borders[level, outcome + 1], borders[level, outcome]
        n = counts[group, level, outcome].astype(np.float64)
        return cls(n, design(above), design(below), np.where(above < 0, np.inf, 0.0), np.where(below < 0, np.inf, 0.0))

    def value(self, at: FloatArray) -> float:
        """The log-likelihood; minus infinity where thresholds are out of order."""
        share = _between(self.lower @ at - self.open_below, self.upper @ at + self.open_above)
        return float(self.n @ np.log(share)) if (share > 0).all() else -np.inf

    def around(self, at: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        """The log-likelihood, its gradient (m,), and its negative second derivatives (m, m)."""
        low, high = self.lower @ at - self.open_below, self.upper @ at + self.open_above
        share = _between(low, high)
        up, down = _density(high) / share, _density(low) / share
        slope = self.upper.T @ (self.n * up) - self.lower.T @ (self.n * down)
        twice_up = self.n * (up**2 - up * (1 - 2 * expit(high)))
        twice_down = self.n * (down**2 + down * (1 - 2 * expit(low)))
        mixed = self.upper.T @ ((self.n * up * down)[:, None] * self.lower)
        bend = self.upper.T @ (twice_up[:, None] * self.upper) + self.lower.T @ (twice_down[:, None] * self.lower)
        return float(self.n @ np.log(share)), slope, bend - mixed - mixed.T


def _between(low: FloatArray, high: FloatArray) -> FloatArray:
    """P(low < logistic <= high), taken in the tail where it loses no digits."""
    flipped = low > 0
    out: FloatArray = np.where(flipped, expit(-low) - expit(-high), expit(high) - expit(low))
    return out


def _density(z: FloatArray) -> FloatArray:
    out: FloatArray = expit(z) * expit(-z)
    return out


def _free(people: IntArray, first: int) -> tuple[IntArray, int]:
    """(levels, categories - 1) the parameter that each threshold is, numbered from ``first``, -1 for none; how many.

    A threshold with nobody between it and the one below it is the same parameter; one with nobody below it, or nobody
    above it, is none.
    """
    levels, categories = people.shape
    place = np.full((levels, categories - 1), -1)
    found = 0
    for level in range(levels):
        seen = people[level] > 0
        for j in range(categories - 1):
            if seen[: j + 1].any() and seen[j + 1 :].any():
                found += bool(seen[j])
                place[level, j] = first + found - 1
    return place, found


def _marginal(people: IntArray, place: IntArray, n_cuts: int, first: int) -> FloatArray:
    """(n_cuts,) thresholds as they would be without any effect."""
    below = np.cumsum(people, axis=1)[:, :-1]
    total = people.sum(axis=1, keepdims=True)
    out = np.zeros(n_cuts)
    there = place >= 0
    share = below[there] / np.broadcast_to(total, below.shape)[there]
    out[place[there] - first] = np.log(share / (1 - share))
    return out


def _spread_out(at: FloatArray, place: IntArray, people: IntArray) -> FloatArray:
    """(levels, categories - 1) thresholds, with infinities where nobody lies below or above."""
    below = np.cumsum(people, axis=1)[:, :-1] > 0
    ends = np.where(below, np.inf, -np.inf)
    ends[people.sum(axis=1) == 0] = np.nan
    if not len(at):
        return ends
    out: FloatArray = np.where(place >= 0, at[np.maximum(place, 0)], ends)
    return out


def _flat(bend: FloatArray, k: int) -> tuple[int, ...]:
    """Effects along which the likelihood, maximised over the thresholds, hardly bends; the flattest one first."""
    if not k:
        return ()
    rest = bend[k:, k:]
    own = bend[:k, :k] - bend[:k, k:] @ np.linalg.pinv(rest, hermitian=True) @ bend[k:, :k] if len(rest) else bend
    size, direction = np.linalg.eigh((own + own.T) / 2)
    found = [int(np.argmax(steady(np.abs(direction[:, i]), 6))) for i in np.flatnonzero(size < _FLAT)]
    return tuple(dict.fromkeys(found))


def _root(variance: FloatArray) -> FloatArray:
    out: FloatArray = np.sqrt(np.maximum(variance, 0.0))
    return out
