"""The segment attack: put the target among what its likely buyers love, and run down all else."""

from typing import ClassVar

import numpy as np
from pydantic import Field

from townsquare.protocols import Campaign, FloatArray, InputError, IntArray, Knowledge, Settings
from townsquare.sim.attacks.classic import Classic, most_rated, no_targets


class Segment(Classic):
    """Items that a segment of users likes rated best, and fillers rated worst (Mobasher et al., ACM TOIT 2007).

    Which items the segment likes is told (``items``), or chosen by us from what the shop prints: of the first target's
    category the most rated of those whose mean is not below that of all ratings; of the whole catalogue where the
    target has no category, or where too few of it are liked.
    """

    class Config(Settings):
        """What the segment likes."""

        selected: int = Field(default=3, ge=0)
        """How many items are chosen."""
        items: tuple[int, ...] = ()
        """Item numbers, in place of a choice; targets among them are left out."""

    name: ClassVar[str] = "segment"
    config: Config

    def selected(self, known: Knowledge, campaign: Campaign) -> tuple[IntArray, FloatArray]:
        """What the segment likes, rated best; InputError for an item that there is not."""
        others = no_targets(known, campaign)
        items = self._named(known, others) if self.config.items else self._chosen(known, campaign, others)
        return items, np.full(len(items), known.scale.high)

    def ratings(self, known: Knowledge, items: IntArray, rng: np.random.Generator) -> FloatArray:
        """The worst there is."""
        return np.full(len(items), known.scale.low)

    def _named(self, known: Knowledge, others: IntArray) -> IntArray:
        wrong = [item for item in self.config.items if not 0 <= item < known.n_items]
        if wrong:
            raise InputError(
                f"attack {self.name!r}: items: there is no item {wrong[0]}; they go from 0 to {known.n_items - 1}."
            )
        return np.intersect1d(np.array(self.config.items, np.int64), others)

    def _chosen(self, known: Knowledge, campaign: Campaign, others: IntArray) -> IntArray:
        liked = others[known.means[others] >= known.mean]
        categories = known.catalogue.categories
        category = categories[campaign.targets[0]]
        alike = liked[categories[liked] == category]
        there = alike if category >= 0 and len(alike) >= self.config.selected else liked
        return most_rated(known, there)[: self.config.selected]
