"""How far opinions lie apart."""

import numpy as np

from townsquare.protocols import FloatArray


def variance(opinions: FloatArray) -> float:
    """Mean squared distance from the mean, dividing by n: 0 where all agree, at most .25 on [0, 1].

    NaN where there are no opinions.
    """
    return float(np.var(opinions, dtype=np.float64)) if len(opinions) else float("nan")
