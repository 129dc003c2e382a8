"""The rules of the timeline that are pure arithmetic."""

import numpy as np

from townsquare.protocols.columns import BoolArray, FloatArray, steady

DIGITS = 5
"""Decimals of an opinion: as many as the log keeps, so that the log alone gives every opinion back."""
_TIE = 1e-12


def bounded(
    opinion: FloatArray, stance: FloatArray, read: BoolArray, susceptibility: FloatArray, tolerance: FloatArray
) -> tuple[FloatArray, BoolArray]:
    """Opinions after each post read, one post after the other, and where one moved somebody.

    Bounded confidence as Deffuant et al. (2000) have it, one-sided, for a post does not listen: where
    |stance - x| < tolerance, x += susceptibility * (stance - x), rounded to ``DIGITS`` decimals. A distance equal to
    the tolerance, to 1e-12, does not move. That susceptibility and tolerance differ from member to member is ours.

    Args:
        opinion: (n,) in [0, 1].
        stance: (n, k) of the posts, in the order in which they are read.
        read: (n, k) which of them are read.
        susceptibility: (n,) in [0, 1].
        tolerance: (n,) in [0, 1].

    Returns:
        (n, k) the opinion after each place, and (n, k) True where it is another than before.
    """
    after = np.empty(stance.shape, np.float64)
    now = np.asarray(opinion, np.float64)
    moved = np.zeros(stance.shape, bool)
    for place in range(stance.shape[1]):
        gap = stance[:, place] - now
        near = read[:, place] & (np.abs(gap) < tolerance - _TIE)
        new = np.where(near, steady(now + susceptibility * gap, DIGITS), now)
        moved[:, place] = new != now
        after[:, place] = now = new
    return after, moved
