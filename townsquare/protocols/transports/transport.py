"""What a transport promises: topics with a wildcard, retained messages, a last will, nothing lost silently."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from townsquare.protocols.errors import TownsquareError


class TransportError(TownsquareError):
    """The other side cannot be reached, or does not let us in; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something that arrived."""

    topic: str
    payload: bytes
    retained: bool = False
    """Whether it was said before we subscribed."""


@dataclass(frozen=True, slots=True)
class Will:
    """What is published for a connection that breaks off; not for one that is closed."""

    topic: str
    payload: bytes


@runtime_checkable
class Transport(Protocol):
    """One connection, used by everything in a process. ``async with`` opens and closes it.

    At least once and in order per topic while it is connected; after the connection broke it comes back by itself with
    growing pauses, subscribes again, and calls go on: what was under way may then arrive twice (streams and ids take
    care of that). Payloads are bytes and are never looked into.
    """

    async def __aenter__(self) -> "Transport":
        """Connect. Raises TransportError at once where the first connection fails."""

    async def __aexit__(self, *_: object) -> None:
        """Close: the will is not published."""

    async def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Hand over; returns when the broker has taken it, waiting while the connection is broken (back-pressure).

        A retained empty payload takes away what was retained.
        """

    def post(self, topic: str, payload: bytes) -> None:
        """Hand over and return at once, in order with everything else that is handed over here; never retained.

        Whoever calls it bounds how much is under way (streams have a window); ``publish`` is for everybody else.
        """

    async def subscribe(self, patterns: Sequence[str]) -> None:
        """From now on deliver what is published on ``patterns`` (``+`` for one level), and what is retained there."""

    async def unsubscribe(self, patterns: Sequence[str]) -> None:
        """Deliver those no more."""

    def deliveries(self) -> AsyncIterator[Delivery]:
        """What arrives, in order, until the transport is closed; one reader at a time."""

    @property
    def breaks(self) -> int:
        """How often the connection broke and came back so far; a change means: send again what was not acknowledged."""
