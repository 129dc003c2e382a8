"""What a host has with the server: a stream each way over one connection, and questions that wait for their answer."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

from pydantic_core import from_json

from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.ioa.clock import Clock, wall
from townsquare.protocols.ioa.messages import MAX_BYTES, Ack, Header, Message, Refused, decode, encode
from townsquare.protocols.ioa.names import SERVER
from townsquare.protocols.ioa.streams import DELAY, WINDOW, Again, Incoming, Outgoing
from townsquare.protocols.ioa.topics import Address, Topics
from townsquare.protocols.ioa.vocabulary import Code
from townsquare.protocols.transports.transport import Transport

_Message = TypeVar("_Message", bound=Header)
_Kept = tuple[str, Header]
"""The topic and the message, numbered."""

_LIVES = 8
"""Lives of the server whose streams are remembered."""
_BEAT = 0.25
"""Seconds between two looks at whether anything waits for too long."""


class Refusal(TownsquareError):
    """The server did not take something; ``code`` says why, for programs."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.reason)
        self.code: Code = refused.code


class Uplink:
    """Numbers what goes to the server and takes what comes from it: each message once, in order, whatever happens."""

    def __init__(self, transport: Transport, topics: Topics, me: Address, window: int = WINDOW) -> None:
        self.transport, self.topics, self.me = transport, topics, me
        self.clock = Clock(me.agent)
        self.voice = me.agent
        """In whose name acknowledgements are sent: an agent that the server knows."""
        self.max_bytes = MAX_BYTES
        """What the server takes."""
        self.anew: Callable[[], None] = lambda: None
        """Called when the connection broke and came back."""
        self.replaced: Callable[[], None] = lambda: None
        """Called when another server has taken the place of the one before."""
        self.gone: set[str] = set()
        """Agents that have left; the server takes nothing in their names any more."""
        self._out = Outgoing[_Kept](window)
        self._room = asyncio.Event()
        self._in: OrderedDict[str, Incoming] = OrderedDict()
        self._server = ""
        """The stream of the server's present life."""
        self._asked: dict[str, tuple[Header, asyncio.Future[Message]]] = {}
        """Questions without an answer, by message id."""
        self._breaks = 0
        self._timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()

    def message(self, kind: type[_Message], sender: str, **fields: object) -> _Message:
        """A message with its header."""
        clock = self.clock
        return kind.model_validate(
            {"id": clock.id(), "sender": sender, "time": wall(), "logical": clock.tick(), **fields}
        )

    async def send(self, message: Header) -> None:
        """Hand over, in order; waits while too much is unacknowledged. Raises Refusal for what nobody could take."""
        self._check(message)
        while self._out.full:
            self._room.clear()
            await self._room.wait()
        self._send(message)

    async def ask(self, message: Header) -> Message:
        """Send, and wait for what answers it (``reply_to``). Raises Refusal."""
        answer: asyncio.Future[Message] = self._loop.create_future()
        self._asked[message.id] = message, answer
        try:
            await self.send(message)
            return await answer
        finally:
            del self._asked[message.id]

    def take(self, payload: bytes, max_bytes: int) -> Message | None:
        """The message, if it is one to be acted on: new, next in its stream, no answer that somebody waits for.

        Raises Unreadable.
        """
        message = decode(payload, max_bytes)
        if isinstance(message, Ack):
            if message.stream in (None, self.clock.life):
                self._again(self._out.acknowledged(message.upto, message.again, self._loop.time()))
                self._room.set()
            return None
        if message.seq is not None and not self._next(message):
            return None
        if isinstance(message, Refused) and message.seq is None and message.reply_to is not None:
            return None  # it does not know our cards yet, and has not taken the message; it comes again
        self.clock.heard(message.logical)
        waits = self._asked.get(message.reply_to or "")
        if waits is None:
            return message
        if not waits[1].done():
            if isinstance(message, Refused):
                waits[1].set_exception(Refusal(message))
            else:
                waits[1].set_result(message)
        return None

    async def tend(self) -> None:
        """Send again whatever has to be, for as long as the host is there."""
        self._breaks = self.transport.breaks
        while True:
            await asyncio.sleep(_BEAT)
            if self.transport.breaks != self._breaks:
                self._breaks = self.transport.breaks
                self.anew()
                self._again(self._out.everything(self._loop.time()))
            else:
                self._again(self._out.overdue(self._loop.time()))

    async def drain(self) -> None:
        """Wait until everything is acknowledged."""
        while len(self._out):
            self._room.clear()
            await self._room.wait()

    def close(self) -> None:
        """Acknowledge what has come, and stop."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._acknowledge()

    def _send(self, message: Header) -> None:
        topic = self._topic(message.sender)
        life = self.clock.life
        _, numbered = self._out.put(
            lambda seq: (topic, message.model_copy(update={"seq": seq, "stream": life})), self._loop.time()
        )
        self.transport.post(topic, encode(numbered))

    def _again(self, again: list[Again[_Kept]]) -> None:
        for each in again:
            topic, message = each.kept
            if message.sender in self.gone:  # its place in the stream has to be filled
                topic, place = self._topic(self.voice), {"seq": each.seq, "stream": self.clock.life}
                message = self.message(Refused, self.voice, code=Code.LATE, reason="who said it has left", **place)
            self.transport.post(topic, encode(message.model_copy(update={"since": each.since})))

    def _next(self, message: Message) -> bool:
        """Whether it is the next of its stream."""
        assert message.seq is not None
        stream = message.stream or SERVER
        incoming = self._in.get(stream)
        if incoming is None:
            incoming = self._in[stream] = Incoming()
            if len(self._in) > _LIVES:
                self._in.popitem(last=False)
            if self._server:
                self.replaced()
                self._loop.call_soon(self._ask_again)  # a server that started anew knows none of our questions
            self._server = stream
        now = self._loop.time()
        new = incoming.take(message.seq, message.since, now)
        due = incoming.deadline
        if due is not None and due <= now:
            self._acknowledge_one(stream, incoming)
        elif self._timer is None:
            self._timer = self._loop.call_later(DELAY, self._acknowledge)
        return new

    def _acknowledge(self) -> None:
        self._timer = None
        for stream, incoming in self._in.items():
            self._acknowledge_one(stream, incoming, whatever=True)

    def _acknowledge_one(self, stream: str, incoming: Incoming, *, whatever: bool = False) -> None:
        found = incoming.acknowledge(float("inf") if whatever else self._loop.time())
        if found is not None:
            upto, again = found
            ack = self.message(Ack, self.voice, upto=upto, again=again, stream=stream)
            self.transport.post(self._topic(self.voice), encode(ack))

    def _ask_again(self) -> None:
        for message, _ in list(self._asked.values()):
            self._send(message)

    def _topic(self, name: str) -> str:
        return self.topics.of(Address(self.me.owner, name), "out")

    def _check(self, message: Header) -> None:
        """What the server cannot take would be sent again for ever, and all that follows would wait for it."""
        payload, what = encode(message), f"a {getattr(message, 'kind', 'message')}"
        code, reason = Code.OVERSIZE, f"{what} of {len(payload):,} bytes; the server takes {self.max_bytes:,}"
        if len(payload) + 256 <= self.max_bytes:  # number and stream come on top
            try:
                from_json(payload)
                return
            except ValueError as error:  # what can be written but not read: very deep, or with endless numbers
                code, reason = Code.MALFORMED, f"{what} that nobody could read: {error}"
        raise Refusal(self.message(Refused, message.sender, code=code, reason=reason))
