"""A judge whose verdicts are a function of the two texts."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from townsquare.protocols.persuader import Brief, Pair, Side, Version


class Says:
    """A judge that is scripted."""

    needs: ClassVar[tuple[str, ...]] = ()

    def __init__(self, say: Callable[[str, str], Any]) -> None:
        self.say, self.seen = say, list[tuple[Brief, Version, Version, int]]()

    def learn(self, pairs: Sequence[Pair]) -> None:
        raise AssertionError("it did not ask for pairs")

    async def choose(self, brief: Brief, left: Version, right: Version, *, number: int) -> Side | None:
        self.seen.append((brief, left, right, number))
        return self.say(left.text, right.text)
