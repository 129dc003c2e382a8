"""Who thinks alike: opinions in a row, cut where there is a gap."""

import numpy as np

from townsquare.protocols.columns import FloatArray, IntArray

GAP = 0.02
"""Opinions farther apart than this, with nobody between them, belong to different groups."""


def group_sizes(opinions: FloatArray, gap: float = GAP) -> IntArray:
    """Sizes of the groups from the lowest opinions to the highest; empty for nobody.

    A group is a run of opinions (n,) in which neighbours differ by ``gap`` at most (tolerance 1e-12).
    """
    ordered = np.sort(opinions)
    cuts = np.flatnonzero(np.diff(ordered) > gap + 1e-12) + 1
    sizes = np.diff(np.concatenate([[0], cuts, [len(ordered)]]))
    return sizes[sizes > 0]
