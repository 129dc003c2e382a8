"""A reader without a language model: clicks by interest, likes by utility (SimuLine's code, steps 6 and 7)."""

import numpy as np

from townsquare.protocols.actions import Actions
from townsquare.protocols.columns import steady
from townsquare.protocols.observations import Observations
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams


class Reader:
    """Clicks without replacement from softmax(concentration * match), likes what is worth more than its threshold.

    Needs the traits ``concentration``, ``threshold`` and ``quality_weight`` and the features ``match`` (cosine of
    reader and article) and ``quality`` (share of the best stable quality).
    """

    class Config(Settings):
        """No settings of its own: what differs between readers are their traits."""

    def __init__(self, config: Settings, streams: Streams) -> None:
        self.config, self.streams = config, streams

    async def decide(self, seen: Observations) -> Actions:
        """At most ``seen.limit`` clicks per reader, in the order of choice, and the likes among them."""
        match, quality = seen.features["match"], seen.features["quality"]
        noise = self.streams.gumbel("click", seen.tick, seen.seats[:, None], seen.keys)
        pull = np.where(seen.items >= 0, seen.traits["concentration"][:, None] * match + noise, -np.inf)
        width = min(seen.limit, pull.shape[1])
        chosen = np.argsort(-pull, axis=1, kind="stable")[:, :width]
        weight = seen.traits["quality_weight"][:, None]
        utility = steady(weight * quality + (1.0 - weight) * match)
        items = np.take_along_axis(seen.items, chosen, axis=1)
        worth = np.take_along_axis(utility, chosen, axis=1)
        agents = np.broadcast_to(seen.agents[:, None], items.shape)
        there = items >= 0
        liked = there & (worth > seen.traits["threshold"][:, None])
        return Actions.concat(
            [
                Actions.of("click", agents[there], items[there], value=worth[there]),
                Actions.of("like", agents[liked], items[liked], value=worth[liked]),
            ]
        )
