"""Average over popular items: the average attack, hidden among what everybody rates."""

from typing import ClassVar

import numpy as np
from pydantic import Field

from townsquare.protocols import IntArray, Knowledge, Settings
from townsquare.sim.attacks.average import Average
from townsquare.sim.attacks.classic import most_rated


class AoP(Average):
    """The average attack with fillers from the most rated items only (Hurley, Cheng and Zhang, RecSys 2009).

    Such profiles overlap with genuine ones as these do with each other, which hides them from PCA.
    """

    class Config(Settings):
        """How popular fillers are."""

        share: float = Field(default=0.2, gt=0, le=1)
        """Part of all items, the most rated first, that fillers are drawn from; published: 0.2 to 0.4."""

    name: ClassVar[str] = "aop"
    config: Config

    def room(self, known: Knowledge, others: IntArray, n: int) -> IntArray:
        """Those among the most rated ``share`` of all items."""
        every = np.arange(known.n_items)
        popular = most_rated(known, every)[: max(1, round(self.config.share * known.n_items))]
        return np.intersect1d(others, popular)
