"""The moderator that lets everything pass: what every other one is compared with."""

import numpy as np

from townsquare.protocols.moderator import ACTION, Posts, Verdicts
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams


class NoModeration:
    """Shows everything, and thinks nothing of it."""

    class Config(Settings):
        """Nothing can be set."""

    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config = config

    async def review(self, posts: Posts) -> Verdicts:
        """``show``, with score 0."""
        return Verdicts(np.full(len(posts), ACTION["show"], np.int8), np.zeros(len(posts)))
