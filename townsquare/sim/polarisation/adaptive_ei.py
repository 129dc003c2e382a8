"""Ties across against ties within, each by how many there could be."""

import numpy as np

from townsquare.protocols import IntArray
from townsquare.sim.polarisation.ei_index import crossing
from townsquare.sim.polarisation.sides import sizes
from townsquare.sim.polarisation.ties import Ties


def adaptive_ei(ties: Ties, sides: IntArray) -> float:
    """``-(B_aa + B_bb - 2 B_ab) / (B_aa + B_bb + 2 B_ab)``, with B the share of possible ties that there are.

    The E-I index corrected for the sizes of the sides: 0 where ties do not care for sides, whatever their sizes. NaN
    where there is no tie, or a side of fewer than two nodes, in which no tie is possible.
    """
    a, b = sizes(sides)
    if min(a, b) < 2 or not len(ties):
        return float("nan")
    across = crossing(ties, sides)
    within_b = int(np.count_nonzero(sides[ties.one] & sides[ties.other]))
    within_a = len(ties) - across - within_b
    inside = within_a / (a * (a - 1) / 2) + within_b / (b * (b - 1) / 2)
    outside = 2 * across / (a * b)
    return (outside - inside) / (outside + inside)
