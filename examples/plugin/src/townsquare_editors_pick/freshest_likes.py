"""What was liked last."""

import numpy as np
from pydantic import Field

from townsquare.protocols import BoolArray, Catalogue, FloatArray, IntArray, Interactions, Scorer, Settings, Streams


class FreshestLikes(Scorer):
    """Rank items by the tick of their latest like; of those the ones with more likes first.

    The same for everybody. Items with fewer than ``at_least`` likes are left to whoever fills up the slate.
    """

    class Config(Settings):
        """What counts as liked."""

        at_least: int = Field(default=1, ge=1)
        """Likes that an item needs before it is shown."""

    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        super().__init__(config, streams)

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> None:
        """Note of each item how often and when it was last liked."""
        n_items = interactions.n_items
        self._likes = np.bincount(interactions.items, minlength=n_items)
        self._last = np.full(n_items, -1)
        np.maximum.at(self._last, interactions.items, interactions.ticks)

    def score(self, agents: IntArray, items: IntArray, *, tick: int) -> FloatArray:
        """(agents, items): the tick of the latest like, plus less than one for their number."""
        likes = self._likes[items]
        return np.tile(self._last[items] + likes / (likes + 1.0), (len(agents), 1))

    def knows(self, agents: IntArray, items: IntArray) -> tuple[BoolArray, BoolArray]:
        """All agents; items with enough likes."""
        return np.ones(len(agents), bool), self._likes[items] >= self.config.at_least
