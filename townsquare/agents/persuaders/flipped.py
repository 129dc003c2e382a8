"""The negative control: a text that was in fact liked less."""

from typing import ClassVar

from townsquare.protocols.persuader import Brief
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams


class Flipped:
    """Makes a text worse, which a judge that is worth anything must see.

    PersuasionArena's flipped control (arXiv 2410.02653) is a model trained to turn the better text into the worse one.
    Ours trains nothing: it gives a real post of the same account that was liked less (our reconstruction), and writes
    nothing where there is none.
    """

    Config = Settings
    needs: ClassVar[tuple[str, ...]] = ("worse",)

    def __init__(self, config: Settings, streams: Streams) -> None:
        self.config = config

    async def write(self, brief: Brief) -> str | None:
        """The worse text; None where nobody knows one."""
        return brief.worse
