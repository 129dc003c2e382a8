"""Whether opinions have two heaps."""

import numpy as np

from townsquare.protocols import FloatArray

THRESHOLD = 5 / 9
"""The coefficient of a uniform distribution; more suggests two heaps."""


def bimodality(opinions: FloatArray) -> float:
    """Sarle's bimodality coefficient, bias-corrected: ``(g1^2 + 1) / (g2 + 3 (n-1)^2 / ((n-2)(n-3)))``.

    g1 is the sample skewness, g2 the sample excess kurtosis, both bias-corrected (as SAS and SPSS give them). Above
    5/9 suggests two heaps, but so does one heap with a long tail: look at the histogram. NaN for fewer than four
    opinions, and where all are the same.
    """
    x = np.asarray(opinions, np.float64)
    n = len(x)
    if n < 4:
        return float("nan")
    apart = x - x.mean()
    second = float(np.mean(apart**2))
    if second <= 1e-18:  # nothing but rounding
        return float("nan")
    skewness = float(np.mean(apart**3)) / second**1.5 * np.sqrt(n * (n - 1)) / (n - 2)
    excess = float(np.mean(apart**4)) / second**2 - 3
    excess = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * excess + 6)
    return float((skewness**2 + 1) / (excess + 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))))
