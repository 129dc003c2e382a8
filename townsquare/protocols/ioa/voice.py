"""What the server says: messages to agents, answers, and refusals that cannot become a quarrel."""

import asyncio
from typing import Any

from townsquare.protocols.ioa.clock import Clock
from townsquare.protocols.ioa.guard import Guard
from townsquare.protocols.ioa.journal import Journal
from townsquare.protocols.ioa.links import Links
from townsquare.protocols.ioa.messages import Header, Message, Refused, Unreadable, encode
from townsquare.protocols.ioa.names import SERVER
from townsquare.protocols.ioa.registry import Registry
from townsquare.protocols.ioa.rules import OutOfTurn
from townsquare.protocols.ioa.topics import Address
from townsquare.protocols.ioa.vocabulary import Code

UNNUMBERED = {"seq": None, "stream": None, "since": None}
"""What is changed in a message that is passed on: its place in the stream that it came in."""


class Voice:
    """Never waits and never raises."""

    def __init__(self, links: Links, registry: Registry, guard: Guard, journal: Journal, clock: Clock) -> None:
        self._links, self._registry, self._guard, self._journal, self._clock = links, registry, guard, journal, clock
        self._encoded: tuple[Header | None, bytes] = None, b""
        """What was said last, as most of it goes to several."""

    def tell(self, name: str, message: Header) -> bool:
        """Send a message to an agent; False when it is unknown, or too much waits for its host (which is counted)."""
        card = self._registry.get(name)
        if card is None:
            return False
        if message is not self._encoded[0]:
            plain = message if message.seq is None else message.model_copy(update=UNNUMBERED)
            self._encoded = message, encode(plain)
        if self._links.send(card, self._encoded[1]):
            return True
        self._guard.refusals[Code.BUSY] += 1
        self._note(Address(card.owner, name), Code.BUSY, "too much waits for its host", None)
        return False

    def answer(self, kind: type[Any], message: Message, **fields: Any) -> None:
        """Answer whoever sent ``message``."""
        header = {"id": self._clock.id(), "sender": SERVER, "to": message.sender, "logical": self._clock.tick()}
        told = kind(**header, reply_to=message.id, trace=message.trace or message.id, **fields)
        self.tell(message.sender, told)

    def refuse(
        self, who: Address | None, refusal: OutOfTurn | Unreadable, message: Message | None, about: str | None = None
    ) -> None:
        """Count it, and tell ``who``, unless that was done too often. ``about``: the id of what could not be read."""
        about = message.id if message is not None else about
        self._note(who, refusal.code, str(refusal), about)
        if not self._guard.refuse(who, refusal, message, asyncio.get_running_loop().time()) or who is None:
            return
        told = Refused(
            id=self._clock.id(),
            sender=SERVER,
            to=who.agent,
            logical=self._clock.tick(),
            reply_to=about,
            trace=message.trace if message is not None else None,
            code=refusal.code,
            reason=str(refusal)[:2_000],
        )
        card = self._registry.get(who.agent)
        if card is not None and card.owner == who.owner:
            self.tell(who.agent, told)
        else:
            self._links.transport.post(self._links.topics.of(who, "in"), encode(told))

    def _note(self, who: Address | None, code: Code, reason: str, about: str | None) -> None:
        where = {"owner": who.owner, "agent": who.agent} if who is not None else {}
        self._journal.note("refused", **where, code=str(code), reason=reason[:300], about=about)
