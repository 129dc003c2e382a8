"""The random attack: the yardstick."""

from typing import ClassVar

import numpy as np

from townsquare.protocols import FloatArray, IntArray, Knowledge
from townsquare.sim.attacks.classic import Classic, drawn


class Random(Classic):
    """Fillers rated N(mean of all ratings, their standard deviation), rounded and clipped (Lam and Riedl, WWW 2004).

    Knows no more than these two numbers.
    """

    name: ClassVar[str] = "random"

    def ratings(self, known: Knowledge, items: IntArray, rng: np.random.Generator) -> FloatArray:
        """Like any rating at all."""
        return drawn(known, np.full(len(items), known.mean), np.full(len(items), known.spread), rng)
