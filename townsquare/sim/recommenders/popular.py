"""What most people like."""

import numpy as np
from pydantic import Field

from townsquare.protocols import (
    Catalogue,
    Events,
    FloatArray,
    IntArray,
    Interactions,
    Settings,
    Slates,
    Streams,
    steady,
)
from townsquare.sim.recommenders.ranked import ranked


class Popular:
    """Rank items by how often they were taken to; ties go to the smaller id.

    Everybody is served and every item can be shown: one that nobody has taken to yet counts zero.
    """

    class Config(Settings):
        """How fast likes are forgotten."""

        half_life: float | None = Field(default=None, gt=0)
        """Ticks after which a like counts half; without it likes never fade."""

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config = config
        self._likes: FloatArray = np.zeros(0)

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> None:
        """Count, with weight 2^(-age / half_life); age is counted from the newest interaction, in ticks."""
        weights = np.ones(len(interactions))
        if self.config.half_life is not None and len(interactions):
            age = interactions.ticks.max() - interactions.ticks
            weights = np.exp2(-age / self.config.half_life)
        counts = np.bincount(interactions.items, weights, minlength=interactions.n_items)
        self._likes = steady(counts.astype(np.float64))

    def update(self, events: Events) -> None:
        """Nothing: the town refits on its schedule."""

    def recommend(
        self, agents: IntArray, k: int, *, tick: int, candidates: IntArray, exclude: IntArray | None = None
    ) -> Slates:
        """The most popular candidates; the same for all but for what each has excluded."""
        likes = np.zeros(len(candidates))
        counted = candidates < len(self._likes)
        likes[counted] = self._likes[candidates[counted]]
        best = np.argsort(-likes, kind="stable")
        return ranked(candidates[best], likes[best], len(agents), k, exclude)
