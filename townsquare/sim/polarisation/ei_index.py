"""Ties across against ties within."""

import numpy as np

from townsquare.protocols import IntArray
from townsquare.sim.polarisation.ties import Ties


def crossing(ties: Ties, sides: IntArray) -> int:
    """How many ties join one side to the other."""
    return int(np.count_nonzero(sides[ties.one] != sides[ties.other]))


def ei_index(ties: Ties, sides: IntArray) -> float:
    """External less internal ties, by all ties (Krackhardt and Stern 1988): -1, all within, to 1, all across.

    Two sides of equal size that do not care whom they are joined to are near 0; unequal ones are below. NaN where
    there is no tie.
    """
    m = len(ties)
    return (2 * crossing(ties, sides) - m) / m if m else float("nan")
