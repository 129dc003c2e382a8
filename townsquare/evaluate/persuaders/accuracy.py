"""A share with its interval, where what is counted comes in clusters that hang together."""

from collections.abc import Sequence

import numpy as np


def proportion(
    values: Sequence[float], clusters: Sequence[int], rng: np.random.Generator, draws: int = 1000
) -> tuple[float, float, float]:
    """Mean with a 95 % percentile bootstrap over clusters; NaN where there is nothing, or only one cluster.

    Where all values are equal, a bootstrap would give an interval without width; Wilson's of as many independent
    values as there are clusters is then given.
    """
    x, groups = np.asarray(values, np.float64), np.asarray(clusters)
    if not len(x):
        return float("nan"), float("nan"), float("nan")
    _, unit = np.unique(groups, return_inverse=True)
    n = int(unit.max()) + 1
    mean = float(x.mean())
    if n < 2:
        return mean, float("nan"), float("nan")
    if (x == x[0]).all() and 0 <= mean <= 1:
        z2 = 1.96**2
        centre, half = (mean + z2 / (2 * n)) / (1 + z2 / n), z2 / (2 * n) / (1 + z2 / n)
        return mean, round(max(0.0, centre - half), 6), round(min(1.0, centre + half), 6)
    sums, sizes = np.bincount(unit, x, n), np.bincount(unit, minlength=n).astype(float)
    counts = np.stack([np.bincount(rng.integers(0, n, n), minlength=n) for _ in range(draws)]).astype(float)
    low, high = np.quantile(counts @ sums / (counts @ sizes), [0.025, 0.975])
    return mean, round(float(low), 6), round(float(high), 6)
