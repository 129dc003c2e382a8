"""The love/hate attack: everything is wonderful, but not this."""

from typing import ClassVar, Literal

import numpy as np

from townsquare.protocols import FloatArray, IntArray, Knowledge
from townsquare.sim.attacks.classic import Classic


class LoveHate(Classic):
    """Fillers rated best, the target worst: nukes, and takes no knowledge at all (Mobasher et al., ACM TOIT 2007)."""

    name: ClassVar[str] = "love-hate"
    intents: ClassVar[tuple[Literal["push", "nuke"], ...]] = ("nuke",)

    def ratings(self, known: Knowledge, items: IntArray, rng: np.random.Generator) -> FloatArray:
        """The best there is."""
        return np.full(len(items), known.scale.high)
