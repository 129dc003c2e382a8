"""The control that every contestant has to beat: the text as it was."""

from typing import ClassVar

from townsquare.protocols.persuader import Brief
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams


class Unchanged:
    """Baseline T1 of PersuasionArena (arXiv 2410.02653): gives the input back. All ratings are pinned to it."""

    Config = Settings
    needs: ClassVar[tuple[str, ...]] = ()

    def __init__(self, config: Settings, streams: Streams) -> None:
        self.config = config

    async def write(self, brief: Brief) -> str | None:
        """The text of the brief."""
        return brief.post.text
