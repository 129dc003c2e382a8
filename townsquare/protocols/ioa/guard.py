"""At the door: what arrives is read, checked and counted; nothing gets in that does not come from who it says."""

from collections import Counter, OrderedDict, deque

from pydantic import ValidationError

from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.messages import (
    MAX_BYTES,
    Ack,
    Discover,
    Launch,
    Lookup,
    Message,
    Refused,
    Task,
    Unreadable,
    decode,
)
from townsquare.protocols.ioa.rules import OutOfTurn
from townsquare.protocols.ioa.topics import Address, Leaf, Topics
from townsquare.protocols.ioa.vocabulary import Code

REMEMBERED = 256
"""Message ids that are remembered of each agent, the latest."""
BURST, PER_SECOND = 20, 2.0
"""Refusals that one agent is told of at once, and how fast that fills up again: so that no two programs can keep each
other busy with refusals. All are counted. Questions, which somebody waits to have answered, are always answered.
"""
_QUESTIONS = (Discover, Lookup, Launch, Task)
_AGENTS = 100_000
"""Agents of whom anything is remembered, the latest."""


class Repeated(OutOfTurn):
    """Something came twice. It is counted and never answered: it was answered the first time."""

    def __init__(self, reason: str) -> None:
        super().__init__(Code.DUPLICATE, reason)


class Guard:
    """Reads deliveries. What it raises has a ``code``; whoever catches it calls ``refuse``."""

    def __init__(self, topics: Topics, max_bytes: int = MAX_BYTES) -> None:
        """``max_bytes``: the largest message or card that is taken."""
        self.topics, self.max_bytes = topics, max_bytes
        self.refusals: Counter[Code] = Counter()
        """How many of each kind."""
        self._seen: OrderedDict[Address, tuple[deque[str], set[str]]] = OrderedDict()
        self._told: OrderedDict[Address, tuple[float, float]] = OrderedDict()
        """Refusals that an agent may still be told of, and when that was so."""

    def where(self, topic: str) -> tuple[Address, Leaf]:
        """Whose leaf it is. Raises OutOfTurn(name) for a topic of nobody who could exist."""
        found = self.topics.read(topic)
        if found is None:
            raise OutOfTurn(Code.NAME, f"no agent can have the topic {topic[:200]!r}")
        return found

    def card(self, who: Address, payload: bytes) -> Card | None:
        """The card, None where it is taken away. Raises Unreadable, OutOfTurn(sender)."""
        if not payload:
            return None
        if len(payload) > self.max_bytes:
            raise Unreadable(Code.OVERSIZE, f"a card of {len(payload):,} bytes; at most {self.max_bytes:,} are taken")
        try:
            card = Card.model_validate_json(payload)
        except ValidationError as error:
            problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
            where = ".".join(str(part) for part in problem["loc"])
            raise Unreadable(Code.MALFORMED, f"card: {where}: {problem['msg']}") from None
        if card.name != who.agent:
            raise OutOfTurn(Code.SENDER, f"a card of {card.name!r} on the topic of {who.agent!r}")
        return card

    def status(self, payload: bytes) -> bool | None:
        """Whether somebody is here; None where nothing is said any more. Raises Unreadable."""
        known: dict[bytes, bool | None] = {b"here": True, b"away": False, b"": None}
        if payload not in known:
            raise Unreadable(Code.MALFORMED, "a status is `here` or `away`")
        return known[payload]

    def message(self, who: Address, payload: bytes) -> Message:
        """What an agent says. Raises Unreadable, for what is said in the name of another too."""
        message = decode(payload, self.max_bytes)
        if message.sender != who.agent:
            reason = f"{message.sender!r} cannot speak on the topic of {who.agent!r}"
            raise Unreadable(Code.SENDER, reason, message.id)
        return message

    def once(self, who: Address, message: Message) -> None:
        """Raises Repeated for a message whose id is among the last that this agent used."""
        if isinstance(message, Ack):
            return
        if who not in self._seen:
            self._seen[who] = deque(), set()
        self._seen.move_to_end(who)
        order, known = self._seen[who]
        if message.id in known:
            raise Repeated(f"{message.id!r} was said before")
        known.add(message.id)
        order.append(message.id)
        if len(order) > REMEMBERED:
            known.discard(order.popleft())
        if len(self._seen) > _AGENTS:
            self._seen.popitem(last=False)

    def refuse(self, who: Address | None, why: OutOfTurn | Unreadable, about: Message | None, now: float) -> bool:
        """Count a refusal; whether ``who`` may be told. Refusals and acknowledgements are never answered."""
        self.refusals[why.code] += 1
        if who is None or isinstance(why, Repeated) or isinstance(about, Refused | Ack):
            return False
        if isinstance(about, _QUESTIONS):
            return True
        left, since = self._told.pop(who, (float(BURST), now))
        left = min(float(BURST), left + (now - since) * PER_SECOND)
        self._told[who] = (left - 1, now) if left >= 1 else (left, now)
        if len(self._told) > _AGENTS:
            self._told.popitem(last=False)
        return left >= 1

    def forget(self, who: Address) -> None:
        """The agent has left for good."""
        self._seen.pop(who, None)
