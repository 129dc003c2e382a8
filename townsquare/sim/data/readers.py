"""Readers to begin with: spread apart until they agree with each other as much as asked, and scaled to the articles."""

import numpy as np

from townsquare.protocols import FloatArray

_STEPS = 60  # halvings of the bisection: more than float64 can tell apart


def disperse(points: FloatArray, noise: FloatArray, centring: float) -> FloatArray:
    """``points`` (n, d) spread by ``noise`` (n, d) until their mean cosine with their mean direction is ``centring``.

    The level of the noise is found by bisection. Points that agree less than asked even without noise are drawn
    together towards their mean instead. Where the noise cannot bring the cosine down to ``centring`` (a handful of
    points always agrees with its own mean), the strongest noise tried, 2**20 times the points' size, is what comes
    out.
    """
    if len(points) < 2:
        return points
    if agreement(points) >= centring:
        size = np.sqrt(np.mean(points**2)) or 1.0
        at = _Mixed(points, size * noise)
        low, high = 0.0, 1.0
        while at(high) > centring and high < 2.0**20:
            low, high = high, 2 * high
        return points + _bisect(at, low, high, centring) * size * noise
    mean = points.mean(axis=0)
    at = _Mixed(np.broadcast_to(mean, points.shape), points - mean)
    drawn: FloatArray = mean + _bisect(at, 0.0, 1.0, centring) * (points - mean)
    return drawn


def rescale(points: FloatArray, norm: float) -> FloatArray:
    """``points`` (n, d) all multiplied by one number so that their mean norm is ``norm``; zeros stay zeros."""
    now = np.linalg.norm(points, axis=1).mean() if len(points) else 0.0
    return points * (norm / now) if now > 0 else points


def agreement(points: FloatArray) -> float:
    """Mean cosine between the points (n, d) and their mean; a zero vector counts as cosine 0, no points as 0."""
    if not len(points):
        return 0.0
    mean = points.mean(axis=0)
    lengths = np.linalg.norm(points, axis=1) * np.linalg.norm(mean)
    return float(np.mean(np.divide(points @ mean, lengths, out=np.zeros(len(points)), where=lengths > 0)))


class _Mixed:
    """``agreement(a + level * b)`` as a function of the level, in time linear in the number of points."""

    def __init__(self, a: FloatArray, b: FloatArray) -> None:
        mean_a, mean_b = a.mean(axis=0), b.mean(axis=0)
        self.norms = (a**2).sum(axis=1), 2 * (a * b).sum(axis=1), (b**2).sum(axis=1)
        self.dots = a @ mean_a, a @ mean_b + b @ mean_a, b @ mean_b
        self.mean_norms = mean_a @ mean_a, 2 * mean_a @ mean_b, mean_b @ mean_b

    def __call__(self, level: float) -> float:
        powers = (1.0, level, level**2)
        norms = sum(p * x for p, x in zip(powers, self.norms, strict=True))
        dots = sum(p * x for p, x in zip(powers, self.dots, strict=True))
        mean = sum(p * x for p, x in zip(powers, self.mean_norms, strict=True))
        lengths = np.sqrt(np.maximum(norms * mean, 0.0))
        return float(np.mean(np.divide(dots, lengths, out=np.zeros_like(lengths), where=lengths > 0)))


def _bisect(at: _Mixed, low: float, high: float, target: float) -> float:
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if at(middle) > target:
            low = middle
        else:
            high = middle
    return (low + high) / 2
