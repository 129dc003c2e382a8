"""The Gini coefficient."""

import numpy as np

from townsquare.protocols.columns import FloatArray, IntArray


def gini(values: FloatArray | IntArray) -> float:
    """0 when everybody has the same, towards 1 when one has everything; zeros count.

    Lorenz curve from the origin, trapezoid rule, as in SimuLine's code. NaN for nobody, 0 when nobody has anything.
    ``values`` must not be negative.
    """
    if not len(values):
        return float("nan")
    ordered = np.sort(np.asarray(values, np.float64))
    total = ordered.sum()
    if total <= 0:
        return 0.0
    lorenz = np.concatenate([[0.0], np.cumsum(ordered) / total])
    area = float(np.sum((lorenz[1:] + lorenz[:-1]) / 2) / len(ordered))
    return 1.0 - 2.0 * area
