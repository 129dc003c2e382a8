"""What is new."""

import numpy as np

from townsquare.protocols import Catalogue, Events, IntArray, Interactions, Settings, Slates, Streams
from townsquare.sim.recommenders.ranked import ranked


class Recent:
    """Rank items by the tick they appeared in, newest first; ties go to the smaller id. Everybody is served."""

    class Config(Settings):
        """No settings of its own."""

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config = config
        self._born = np.zeros(0, np.int64)

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> None:
        """Take down when each item appeared."""
        self._born = np.array(catalogue.born, np.int64)

    def update(self, events: Events) -> None:
        """Nothing: the town refits on its schedule."""

    def recommend(
        self, agents: IntArray, k: int, *, tick: int, candidates: IntArray, exclude: IntArray | None = None
    ) -> Slates:
        """The newest candidates; one that appeared after the last fit counts as appearing at ``tick``."""
        born = np.full(len(candidates), tick, np.int64)
        noted = candidates < len(self._born)
        born[noted] = self._born[candidates[noted]]
        best = np.argsort(-born, kind="stable")
        return ranked(candidates[best], born[best].astype(np.float64), len(agents), k, exclude)
