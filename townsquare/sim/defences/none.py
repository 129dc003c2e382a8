"""No defence: everybody counts."""

from townsquare.protocols import Catalogue, Interactions, Settings, Streams, Trust


class NoDefence:
    """Everybody counts in full: what every other defence is compared with."""

    class Config(Settings):
        """No settings."""

    def __init__(self, config: Settings, streams: Streams) -> None:
        self.config = config

    async def weigh(self, log: Interactions, catalogue: Catalogue, *, tick: int) -> Trust:
        """Full trust."""
        return Trust.full(log.n_users)
