"""A judge that knows what posts got: for controls, to see that the arena finds what is there to be found."""

from collections.abc import Sequence
from typing import ClassVar

from townsquare.protocols import InputError, Settings, Streams
from townsquare.protocols.persuader import Brief, Pair, Side, Version


class Likes:
    """Prefers the text that was liked more, a tie for equal numbers.

    It can judge posts of the table only, which is what ``unchanged``, ``topline`` and ``flipped`` show; a text that
    nobody has posted has no likes, and judging it is an InputError that says so.
    """

    Config = Settings
    needs: ClassVar[tuple[str, ...]] = ("likes",)

    def __init__(self, config: Settings, streams: Streams) -> None:
        self.config = config

    def learn(self, pairs: Sequence[Pair]) -> None:
        """Nothing."""

    async def choose(self, brief: Brief, left: Version, right: Version, *, number: int) -> Side | None:
        """The one with more likes."""
        for version in (left, right):
            if version.likes != version.likes:
                said = version.text if len(version.text) <= 60 else f"{version.text[:57]}..."
                raise InputError(
                    f"the judge likes knows posts of the table only, and nobody has posted {said!r}; judge with oracle "
                    "or llm, or leave it to unchanged, topline and flipped."
                )
        return "tie" if left.likes == right.likes else "left" if left.likes > right.likes else "right"
