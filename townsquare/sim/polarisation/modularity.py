"""Ties within sides, beyond those that degrees alone would give."""

import numpy as np

from townsquare.protocols import IntArray
from townsquare.sim.polarisation.ei_index import crossing
from townsquare.sim.polarisation.ties import Ties


def modularity(ties: Ties, sides: IntArray) -> float:
    """Newman's Q of the two sides: the share of ties within, less what is expected given the degrees of all nodes.

    From -1/2 to 1/2 for two sides; 0 where all nodes are on one side. NaN where there is no tie.
    """
    m = len(ties)
    if not m:
        return float("nan")
    upper = float(np.dot(ties.degrees(), sides)) / (2 * m)
    return 1 - crossing(ties, sides) / m - upper**2 - (1 - upper) ** 2
