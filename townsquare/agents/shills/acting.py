"""The three decisions of a fake account, whoever makes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from townsquare.agents.shills.memory import Memory
from townsquare.protocols.columns import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Account:
    """What is fixed about a fake account before anybody decides anything for it."""

    number: int
    aim: int
    """The target that it is made for."""
    push: bool
    age: int
    """Years."""
    mean: float
    """Rating that it gives on average."""
    spread: float
    """Spread of its ratings."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """The targeted profile."""

    who: str = ""
    interests: tuple[str, ...] = ()
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Rated:
    """A rating that is given, before there is a review of it."""

    step: int
    item: int
    value: float
    woven: tuple[str, ...] = ()
    """Features of the target that the review is to carry; none in a review of the target itself."""


@dataclass(frozen=True, slots=True)
class Written:
    """A review, and what a note will say of the rating."""

    text: str
    felt: str


class Actor(Protocol):
    """Decides for accounts; None where it came to no valid decision."""

    async def sketch(self, account: Account) -> Sketch | None:
        """Who the account pretends to be."""

    async def choose(
        self,
        account: Account,
        sketch: Sketch,
        step: int,
        items: IntArray,
        match: FloatArray,
        memories: Sequence[Memory],
    ) -> int | None:
        """The place in ``items`` of what is rated next; ``match`` (0 to 1) says how each suits the profile."""

    async def write(self, account: Account, sketch: Sketch, rated: Rated, memories: Sequence[Memory]) -> Written | None:
        """The review of ``rated``."""
