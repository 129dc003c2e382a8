"""The control that knows the answer: the text that was in fact liked more."""

from typing import ClassVar

from townsquare.protocols.persuader import Brief
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams


class Topline:
    """Topline T2 of PersuasionArena (arXiv 2410.02653): the real post with the higher engagement."""

    Config = Settings
    needs: ClassVar[tuple[str, ...]] = ("better",)

    def __init__(self, config: Settings, streams: Streams) -> None:
        self.config = config

    async def write(self, brief: Brief) -> str | None:
        """The better text; None where nobody knows one."""
        return brief.better
