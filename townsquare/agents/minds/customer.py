"""A customer without a language model: takes what looks best, and says what it thinks of it (our reconstruction)."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from townsquare.protocols.actions import Actions
from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.interactions import Scale
from townsquare.protocols.observations import Observations
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams

Write = Callable[[IntArray, IntArray, FloatArray], NDArray[np.object_]]
"""What customers write about items that they give these ratings; (n,) each."""


class Customer:
    """Draws ``limit`` items without replacement from softmax(appeal / temperature); rates each as it finds it.

    The appeal of an item is (1 - crowd) * hunch + crowd * printed: what a customer expects to think of it, and the mean
    rating beside it. The rating is the nearest on the scale to ``opinion``. Needs the traits ``crowd`` and ``reviews``
    (the chance that a rating comes with a review), and those three features.
    """

    class Config(Settings):
        """How sure customers are of their choice."""

        temperature: float = Field(default=0.25, gt=0)
        """Spread of the choice, in ratings: the smaller, the surer it is that the most appealing is taken."""

    config: Config

    def __init__(self, config: Config, streams: Streams, scale: Scale, write: Write) -> None:
        self.config, self.streams, self.scale, self.write = config, streams, scale, write

    async def decide(self, seen: Observations) -> Actions:
        """One rating for each item taken."""
        crowd = seen.traits["crowd"][:, None]
        appeal = (1.0 - crowd) * seen.features["hunch"] + crowd * seen.features["printed"]
        noise = self.streams.gumbel("take", seen.tick, seen.seats[:, None], seen.keys)
        pull = np.where(seen.items >= 0, appeal / self.config.temperature + noise, -np.inf)
        chosen = np.argsort(-pull, axis=1, kind="stable")[:, : seen.limit]
        items = np.take_along_axis(seen.items, chosen, axis=1)
        ratings = self.scale.nearest(np.take_along_axis(seen.features["opinion"], chosen, axis=1))
        there = items >= 0
        agents = np.broadcast_to(seen.agents[:, None], items.shape)[there]
        items, ratings = items[there], ratings[there]
        shares = np.broadcast_to(seen.traits["reviews"][:, None], there.shape)[there]
        writes = self.streams.uniform("review", 0, agents, items) < shares
        texts = np.full(len(items), "", object)
        texts[writes] = self.write(agents[writes], items[writes], ratings[writes])
        return Actions.of("rate", agents, items, value=ratings, text=texts.tolist())
