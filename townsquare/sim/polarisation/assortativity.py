"""Whether nodes are joined to their like."""

import numpy as np

from townsquare.protocols import FloatArray, IntArray
from townsquare.sim.polarisation.ties import Ties


def assortativity(ties: Ties, labels: IntArray) -> float:
    """Attribute assortativity (Newman 2003, eq. 2): ``(tr e - sum e^2) / (1 - sum e^2)``, from -1 to 1.

    e is the share of ties between each pair of labels (both ways round). 1: no tie joins two labels; 0: as many as
    by chance. NaN where there is no tie, or all ends have one label.

    Args:
        ties: m ties of n nodes.
        labels: (n,) codes from 0; two or more different ones.
    """
    codes = np.asarray(labels, np.int64)
    kinds = int(codes.max(initial=0)) + 1
    mixed = np.bincount(codes[ties.one] * kinds + codes[ties.other], minlength=kinds**2).reshape(kinds, kinds)
    both = mixed + mixed.T
    total = int(both.sum())
    if not total:
        return float("nan")
    expected = float((both.sum(axis=1) / total) @ (both.sum(axis=0) / total))
    return (float(np.trace(both)) / total - expected) / (1 - expected) if expected < 1 else float("nan")


def numeric_assortativity(ties: Ties, values: FloatArray) -> float:
    """Numeric assortativity (Newman 2003, eq. 21): Pearson's correlation of the two ends of ties, each tie both ways.

    From -1 to 1. NaN where there is no tie, or all ends have one value.
    """
    x = np.asarray(values, np.float64)
    one, other = x[ties.one], x[ties.other]
    if not len(ties):
        return float("nan")
    mean = (one.mean() + other.mean()) / 2
    one, other = one - mean, other - mean
    spread = float(one @ one + other @ other) / 2
    return float(one @ other) / spread if spread > 1e-18 * len(ties) else float("nan")
