"""A persuader without a language model: few texts, and, told of its audience, a foot in the door (ours)."""

import numpy as np
from pydantic import Field

from townsquare.agents.minds.post_words import campaign_words
from townsquare.protocols.actions import Actions
from townsquare.protocols.columns import NOBODY, steady
from townsquare.protocols.observations import Observations
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams


class Persuader:
    """Posts as often as it may. Its posts stand where it is told to stand (trait ``stance``), on its side.

    Where the trait ``audience`` tells what those think who were shown its side's posts, it stands only ``reach`` beyond
    their mean opinion, and never farther than ``stance``: members do not listen to what lies too far from them. One of
    twelve texts for each side, so that a moderator of copies has something to find.
    """

    class Config(Settings):
        """How a persuader uses what it knows."""

        reach: float = Field(default=0.2, gt=0, le=1)
        "How far beyond its audience's mean opinion a post stands."

    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config, self.streams = config, streams

    async def decide(self, seen: Observations) -> Actions:
        """``seen.limit`` posts each."""
        goal, stance = seen.traits["goal"], np.asarray(seen.traits["stance"], np.float64)
        if "audience" in seen.traits:
            mean = seen.traits["audience"][:, 0]
            sign = np.where(goal > 0, 1.0, -1.0)
            near = np.clip(mean + sign * self.config.reach, 0.0, 1.0)
            near = np.where(goal > 0, np.minimum(near, stance), np.maximum(near, stance))
            stance = np.where(np.isnan(mean), stance, near)
        row = np.repeat(np.arange(len(seen)), seen.limit)
        nth = np.tile(np.arange(seen.limit), len(seen))
        numbers = [self.streams.uniform(f"campaign {i}", seen.tick, seen.seats[row], nth) for i in range(2)]
        return Actions.of(
            "post",
            seen.agents[row],
            np.full(len(row), NOBODY),
            vector=np.stack([steady(stance[row], 5), np.zeros(len(row))], axis=1),
            text=campaign_words(goal[row], np.stack(numbers, axis=1)),
        )
