"""The popular attack: taste exactly as the charts have it."""

from typing import ClassVar, Literal

import numpy as np

from townsquare.protocols import FloatArray, IntArray, Knowledge
from townsquare.sim.attacks.classic import Classic, most_rated


class Popular(Classic):
    """All fillers are the most rated items: rated best if better than average, else one step less (pushes).

    After O'Mahony, Hurley and Silvestre (AAAI 2005). All profiles are the same but for the order of their ratings, and
    that is what gives them away.
    """

    name: ClassVar[str] = "popular"
    intents: ClassVar[tuple[Literal["push", "nuke"], ...]] = ("push",)

    def room(self, known: Knowledge, others: IntArray, n: int) -> IntArray:
        """No more than are needed: the most rated."""
        return most_rated(known, others)[:n]

    def ratings(self, known: Knowledge, items: IntArray, rng: np.random.Generator) -> FloatArray:
        """The best, or one step less where the item's mean is below that of all ratings."""
        scale, good = known.scale, known.means[items] >= known.mean
        return np.where(good, scale.high, max(scale.low, scale.high - scale.step))
