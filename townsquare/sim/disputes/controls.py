"""Judges whose bias is known, so that one can see that a harness finds it: fair, by length, by order, by loudness."""

from townsquare.protocols.dispute import Hearing, Ruling
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams


class Fair:
    """Knows who is right, and reads nothing. A control, not a method."""

    class Config(Settings):
        """Nothing can be set."""

    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config = config

    async def rule(self, hearing: Hearing, /) -> Ruling:
        """Wholly for whoever is right."""
        return Ruling(1.0 if hearing.truth == "customer" else -1.0, "known")


class Longer(Fair):
    """Supports whoever says more, in proportion. A control with one bias."""

    async def rule(self, hearing: Hearing, /) -> Ruling:
        """The customer's share of all letters, from -1 to 1."""
        a, b = len(hearing.customer), len(hearing.shop)
        return Ruling((a - b) / max(1, a + b), "length")


class First(Fair):
    """Supports whoever speaks first. A control with one bias."""

    async def rule(self, hearing: Hearing, /) -> Ruling:
        """Wholly for the first."""
        return Ruling(1.0 if hearing.first == "customer" else -1.0, "order")
