"""The average attack: fillers as good as the item they are about."""

from typing import ClassVar

import numpy as np

from townsquare.protocols import FloatArray, IntArray, Knowledge
from townsquare.protocols.attack import Level
from townsquare.sim.attacks.classic import Classic, drawn


class Average(Classic):
    """Fillers rated N(mean of the item, its standard deviation), rounded and clipped (Lam and Riedl, WWW 2004).

    Where an item has fewer than two ratings, the standard deviation is that of all; where it has none, so is the mean.
    """

    name: ClassVar[str] = "average"
    level: ClassVar[Level] = "grey"

    def ratings(self, known: Knowledge, items: IntArray, rng: np.random.Generator) -> FloatArray:
        """Like a rating of the item."""
        return drawn(known, known.means[items], known.spreads[items], rng)
