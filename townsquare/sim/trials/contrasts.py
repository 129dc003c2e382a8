"""Contrasts of an ordered predictor: each coefficient is one step up."""

import numpy as np

from townsquare.protocols.columns import FloatArray


def backward_difference(levels: int) -> FloatArray:
    """(levels, levels - 1) contrasts: the k-th coefficient is the mean at level k + 1 less that at level k.

    Column k (from 1) is k / levels - 1 up to level k and k / levels above it, so that a column sums to 0 and the
    intercept is the mean over levels. For five levels these are the (-.8, .2, .2, .2, .2), (-.6, -.6, .4, .4, .4), ...
    of the debate trial. One level has no step: (1, 0).
    """
    steps = np.arange(1, levels)
    above = np.arange(1, levels + 1)[:, None] > steps
    out: FloatArray = above - (levels - steps) / levels
    return out
