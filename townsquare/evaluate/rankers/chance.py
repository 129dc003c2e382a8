"""Knows nothing."""

import numpy as np

from townsquare.evaluate.candidates import Candidates
from townsquare.protocols import FloatArray


def chance(candidates: Candidates) -> FloatArray:
    """(users, k) equal scores: with ties taken as expected these are the exact figures of a random order."""
    return np.zeros(candidates.items.shape)
