"""The bandwagon attack: fans of what everybody likes."""

from typing import ClassVar

import numpy as np
from pydantic import Field

from townsquare.protocols import Campaign, FloatArray, IntArray, Knowledge, Settings
from townsquare.sim.attacks.classic import most_rated, no_targets
from townsquare.sim.attacks.random import Random


class Bandwagon(Random):
    """The random attack with the most rated items besides, rated best (Mobasher et al., ACM TOIT 2007).

    So a profile has something in common with many genuine ones. One such item is what the code of Leg-UP takes; about
    a hundredth of all items is the older convention.
    """

    class Config(Settings):
        """How many popular items."""

        selected: int = Field(default=1, ge=0)
        """Most rated items that every profile rates best, besides its fillers."""

    name: ClassVar[str] = "bandwagon"
    config: Config

    def selected(self, known: Knowledge, campaign: Campaign) -> tuple[IntArray, FloatArray]:
        """The most rated items that are no targets, rated best."""
        items = most_rated(known, no_targets(known, campaign))[: self.config.selected]
        return items, np.full(len(items), known.scale.high)
