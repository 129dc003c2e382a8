"""The agents elsewhere that share one kind of work, and what happens when one of them is away."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from townsquare.protocols.chat import Trouble
from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.messages import Match, Result, TaskStatus


class Asks(Protocol):
    """The connection, as a pool needs it (``protocols.ioa.line.Line``)."""

    @property
    def max_bytes(self) -> int:
        """The largest message that can be sent."""

    async def assign(self, to: str, description: str = "", *, capability: str, input: Any, seconds: float) -> Result:
        """What came of a task; it does not raise for what goes wrong there, or for time that is over."""

    async def lookup(self, names: Sequence[str] = (), seconds: float = 10.0) -> tuple[Match, ...] | None:
        """The cards of ``names``; None when nothing came in time."""


@dataclass(frozen=True, slots=True)
class Served:
    """What came of a piece of work."""

    by: str
    """The agent that was asked last."""
    output: Any = None
    trouble: Trouble | None = None
    """None: the output is what it answered, whatever that is worth."""
    why: str = ""
    seconds: float = 0.0


class Pool:
    """Work goes to the agent of its place, always the same one; another is asked, at most ``retries`` times, where that
    one is away or gives nothing in time. Which agent answers must not matter to what the town makes of it.

    An agent has at most as many tasks at a time as its card allows. One that let its time pass and is not here either
    is not waited for again before it is back.
    """

    def __init__(self, line: Asks, cards: Sequence[Card], capability: str, *, seconds: float, retries: int = 1) -> None:
        """``seconds`` is how long an agent has for one piece."""
        self.line, self.cards, self.capability = line, tuple(cards), capability
        self.seconds, self.retries = seconds, retries
        self._places = {card.name: asyncio.Semaphore(card.limits.parallel) for card in cards}
        self._gone: set[str] = set()

    def __len__(self) -> int:
        return len(self.cards)

    def most(self, place: int) -> int:
        """Bytes of the largest message that can be sent to the agent of ``place``."""
        return min(self.cards[place].limits.bytes, self.line.max_bytes)

    async def welcome(self) -> None:
        """Count those in again who are back; called before a round of work."""
        if self._gone:
            self._gone -= await self._here(self._gone)

    async def ask(self, place: int, description: str, input: Any) -> Served:
        """Have the agent of ``place`` (0 to len - 1) do a piece of work."""
        served = Served("")
        for attempt in range(min(self.retries + 1, len(self.cards))):
            card = self.cards[(place + attempt) % len(self.cards)]
            served = await self._one(card, description, input)
            if served.trouble is None:
                break
        return served

    async def _one(self, card: Card, description: str, input: Any) -> Served:
        if card.name in self._gone:
            return Served(card.name, trouble="unreachable", why=f"{card.name} is away")
        clock = asyncio.get_running_loop().time
        async with self._places[card.name]:
            began = clock()
            result = await self.line.assign(
                card.name, description, capability=self.capability, input=input, seconds=self.seconds
            )
            took = clock() - began
        if result.status is TaskStatus.COMPLETED:
            return Served(card.name, result.output, seconds=took)
        if not await self._here({card.name}):
            self._gone.add(card.name)
            return Served(card.name, trouble="unreachable", why=f"{card.name} is away", seconds=took)
        trouble: Trouble = "time out" if result.status is TaskStatus.TIMED_OUT else "server"
        why = f"{card.name}: {result.error or result.status}"
        return Served(card.name, trouble=trouble, why=why, seconds=took)

    async def _here(self, names: set[str]) -> set[str]:
        """Those of ``names`` that are connected; all, when not even that can be learnt."""
        found = await self.line.lookup(sorted(names), seconds=min(self.seconds, 5.0))
        return names if found is None else {match.card.name for match in found if match.here}
