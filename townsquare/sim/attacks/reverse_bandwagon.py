"""The reverse bandwagon attack: in the company of what nobody likes."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from townsquare.protocols import Campaign, FloatArray, InputError, IntArray, Knowledge, Settings
from townsquare.sim.attacks.classic import no_targets
from townsquare.sim.attacks.random import Random


class ReverseBandwagon(Random):
    """The random attack with the worst rated items besides, rated worst, to nuke (Mobasher et al., ACM TOIT 2007).

    Ties go to the item with more ratings, then to the smaller number.
    """

    class Config(Settings):
        """How many disliked items, and what counts as disliked."""

        selected: int = Field(default=3, ge=0)
        """Worst rated items that every profile rates worst, besides its fillers."""
        raters: int = Field(default=3, ge=1)
        """Ratings that an item needs, for its mean to say something."""

    name: ClassVar[str] = "reverse-bandwagon"
    intents: ClassVar[tuple[Literal["push", "nuke"], ...]] = ("nuke",)
    config: Config

    def selected(self, known: Knowledge, campaign: Campaign) -> tuple[IntArray, FloatArray]:
        """The worst rated items that are no targets, rated worst; InputError where too few have ratings enough."""
        n, others = self.config.selected, no_targets(known, campaign)
        rated = others[known.counts[others] >= self.config.raters]
        if len(rated) < n:
            raise InputError(
                f"attack {self.name!r}: only {len(rated)} items besides the targets have {self.config.raters} ratings, "
                f"and selected = {n} are needed."
            )
        items = rated[np.lexsort((-known.counts[rated], np.round(known.means[rated], 9)))][:n]
        return items, np.full(n, known.scale.low)
