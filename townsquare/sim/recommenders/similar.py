"""More of the same, by content."""

import numpy as np

from townsquare.protocols import (
    BoolArray,
    Catalogue,
    FloatArray,
    InputError,
    IntArray,
    Interactions,
    Scorer,
    Settings,
    Streams,
)
from townsquare.sim.recommenders.occurring import Occurring


class Similar(Scorer):
    """Rank items by the cosine between their vector and the mean direction of what the agent took to.

    Each distinct item an agent took to counts once and with length one. Agents without any are left out, as are
    items without a direction (a zero vector, or one that is not finite); new items are known by their content.
    """

    class Config(Settings):
        """No settings of its own."""

    config: Config
    needs = ("vectors",)

    def __init__(self, config: Config, streams: Streams) -> None:
        super().__init__(config, streams)

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> None:
        """Average the directions; a catalogue without vectors is refused."""
        if catalogue.vectors is None:
            raise InputError("recommender 'similar' needs items with content vectors, and these have none.")
        self._directions = _directions(catalogue.vectors)
        self._occurring = Occurring.of(interactions)
        self._tastes = _directions(self._occurring.matrix @ self._directions[self._occurring.items])

    def score(self, agents: IntArray, items: IntArray, *, tick: int) -> FloatArray:
        """(agents, items) cosines, in -1 .. 1."""
        cosines: FloatArray = self._tastes[self._occurring.rows(agents)] @ self._directions[items].T
        return cosines

    def knows(self, agents: IntArray, items: IntArray) -> tuple[BoolArray, BoolArray]:
        """Agents with a taste, items with a direction."""
        rows = self._occurring.rows(agents)
        agents_known = rows >= 0
        agents_known[agents_known] = self._tastes[rows[agents_known]].any(axis=1)
        items_known = items < len(self._directions)
        items_known[items_known] = self._directions[items[items_known]].any(axis=1)
        return agents_known, items_known


def _directions(vectors: FloatArray) -> FloatArray:
    """Rows scaled to length one; zero rows and rows that are not finite become zero."""
    vectors = np.asarray(vectors, np.float64)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    sound = (lengths > 0) & np.isfinite(lengths)
    directions: FloatArray = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=sound)
    return directions
