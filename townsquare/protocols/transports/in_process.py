"""The broker of one process: topics, retained messages and wills without a network; the default, and what tests use."""

import asyncio
import re
import threading
from collections import deque
from collections.abc import AsyncIterator, Sequence

from townsquare.protocols.transports.transport import Delivery, TransportError, Will

ROOM = 10_000
"""Deliveries that may wait for one connection; whoever publishes more to it waits."""
_REMEMBERED = 100_000
"""Topics whose receivers are remembered."""


class InProcess:
    """What an MQTT broker is to several processes. Its connections may live in the loops of different threads."""

    def __init__(self, *, room: int = ROOM) -> None:
        """``room``: how many deliveries may wait for a connection."""
        self.room = room
        self.retained: dict[str, bytes] = {}
        self._connections: list[Connection] = []
        self._receivers: dict[str, tuple[Connection, ...]] = {}
        self._lock = threading.RLock()

    def connect(self, will: Will | None = None) -> "Connection":
        """A connection, to be opened with ``async with``."""
        return Connection(self, will)

    def receivers(self, topic: str, payload: bytes, retain: bool) -> "tuple[Connection, ...]":
        """Who gets what is published on ``topic``, in the order of their coming; keeps what is to be retained."""
        if "+" in topic or "#" in topic:
            raise TransportError(f"nothing can be published on {topic!r}: + and # are for subscriptions.")
        with self._lock:
            if retain and payload:
                self.retained[topic] = payload
            elif retain:
                self.retained.pop(topic, None)
            found = self._receivers.get(topic)
            if found is None:
                if len(self._receivers) >= _REMEMBERED:
                    self._receivers.clear()
                found = tuple(each for each in self._connections if each.wants(topic))
                self._receivers[topic] = found
            return found

    def changed(self, connection: "Connection", *, here: bool) -> None:
        """A connection has come or gone, or wants something else."""
        with self._lock:
            if here != (connection in self._connections):
                (self._connections.append if here else self._connections.remove)(connection)
            self._receivers.clear()

    def kept(self, pattern: "re.Pattern[str]") -> list[Delivery]:
        """What is retained on the topics of ``pattern``, by topic."""
        with self._lock:
            found = [(topic, payload) for topic, payload in self.retained.items() if pattern.fullmatch(topic)]
        return [Delivery(topic, payload, retained=True) for topic, payload in sorted(found)]


class Connection:
    """A Transport of this process; it never breaks by itself. ``abort`` ends it as a dropped line would."""

    def __init__(self, broker: InProcess, will: Will | None) -> None:
        self._broker, self._will = broker, will
        self._patterns: dict[str, re.Pattern[str]] = {}
        self._inbox: _Inbox | None = None

    @property
    def breaks(self) -> int:
        """Always 0."""
        return 0

    async def __aenter__(self) -> "Connection":
        self._inbox = _Inbox(self._broker.room)
        self._broker.changed(self, here=True)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._end()

    async def abort(self) -> None:
        """Break off without a goodbye: the will is published."""
        if self._inbox is not None and not self._inbox.closed:
            self._end()
            if self._will is not None:
                await self._pass_on(self._will.topic, self._will.payload, retain=True)

    async def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Hand over, waiting while a receiver has too much to read."""
        self._here()
        await self._pass_on(topic, payload, retain)

    def post(self, topic: str, payload: bytes) -> None:
        """As the contract says."""
        self._here()
        delivery = Delivery(topic, payload)
        for receiver in self._broker.receivers(topic, payload, False):
            if receiver._inbox is not None:
                receiver._inbox.add(delivery)

    async def subscribe(self, patterns: Sequence[str]) -> None:
        """As the contract says; what is retained comes again with every subscription."""
        inbox = self._here()
        for pattern in patterns:
            self._patterns[pattern] = _expression(pattern)
        self._broker.changed(self, here=True)
        for pattern in patterns:
            for delivery in self._broker.kept(self._patterns[pattern]):
                inbox.add(delivery)

    async def unsubscribe(self, patterns: Sequence[str]) -> None:
        """As the contract says."""
        self._here()
        for pattern in patterns:
            self._patterns.pop(pattern, None)
        self._broker.changed(self, here=True)

    async def deliveries(self) -> AsyncIterator[Delivery]:
        """As the contract says."""
        inbox = self._here()
        while (delivery := await inbox.take()) is not None:
            yield delivery

    def wants(self, topic: str) -> bool:
        """Whether a subscription covers ``topic``."""
        return topic in self._patterns or any(each.fullmatch(topic) for each in self._patterns.values())

    def _here(self) -> "_Inbox":
        if self._inbox is None or self._inbox.closed:
            raise TransportError("this connection is not open; use it within `async with`.")
        return self._inbox

    def _end(self) -> None:
        self._broker.changed(self, here=False)
        self._patterns.clear()
        if self._inbox is not None:
            self._inbox.close()

    async def _pass_on(self, topic: str, payload: bytes, retain: bool) -> None:
        delivery = Delivery(topic, payload)
        for receiver in self._broker.receivers(topic, payload, retain):
            if receiver._inbox is not None:
                await receiver._inbox.put(delivery)


class _Inbox:
    """What waits for one connection, in its own loop."""

    def __init__(self, room: int) -> None:
        self.closed = False
        self._loop, self._room = asyncio.get_running_loop(), room
        self._waiting: deque[Delivery] = deque()
        self._writers: deque[tuple[Delivery, asyncio.Future[None]]] = deque()
        """Who waits for room, in the order of their coming, with what they bring."""
        self._reader: asyncio.Future[None] | None = None

    async def put(self, delivery: Delivery) -> None:
        """Add, waiting for room; nothing once closed."""
        if asyncio.get_running_loop() is self._loop:
            await self._put(delivery)
        elif not self._loop.is_closed():
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._put(delivery), self._loop))

    async def _put(self, delivery: Delivery) -> None:
        if self.closed or (len(self._waiting) < self._room and not self._writers):
            self._add(delivery)
            return
        taken = self._loop.create_future()
        self._writers.append((delivery, taken))
        await taken

    def add(self, delivery: Delivery) -> None:
        """Add at once, even beyond the room, behind nobody who waits."""
        if _running() is self._loop:
            self._add(delivery)
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._add, delivery)

    def _add(self, delivery: Delivery) -> None:
        if not self.closed:
            self._waiting.append(delivery)
            self._wake()

    async def take(self) -> Delivery | None:
        """The next; None once closed."""
        while not self._waiting and not self.closed:
            self._reader = self._loop.create_future()
            await self._reader
        if self.closed:
            return None
        found = self._waiting.popleft()
        while self._writers and len(self._waiting) < self._room:
            delivery, taken = self._writers.popleft()
            if not taken.done():  # whoever gave up waiting takes the message along
                self._waiting.append(delivery)
                taken.set_result(None)
        return found

    def close(self) -> None:
        """No more of it: readers and writers go on."""
        self.closed = True
        self._waiting.clear()
        for _, taken in self._writers:
            if not taken.done():
                taken.set_result(None)
        self._writers.clear()
        self._wake()

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)


def _running() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _expression(pattern: str) -> "re.Pattern[str]":
    """``+`` stands for one whole level."""
    if "#" in pattern or any("+" in level and level != "+" for level in pattern.split("/")):
        raise TransportError(f"{pattern!r} cannot be subscribed to: + stands for one whole level, and # is not taken.")
    return re.compile("/".join("[^/]+" if level == "+" else re.escape(level) for level in pattern.split("/")))
