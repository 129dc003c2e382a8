"""A connection with an MQTT broker, through aiomqtt (which runs paho in asyncio's loop)."""

import asyncio
import itertools
import logging
import zlib
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from townsquare.protocols.transports.broker_url import BrokerURL
from townsquare.protocols.transports.transport import Delivery, TransportError, Will

if TYPE_CHECKING:
    from townsquare.protocols.transports.mqtt_client import Client

ROOM = 2_000
"""Messages that ``publish`` lets be on their way without the broker's word; then it waits."""
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 15.0
"""Seconds before the second attempt to come back; it doubles, up to the longest. A quarter more or less is chance."""
SHORT = 5.0
"""Seconds of a connection after whose end one waits before coming back, if it was not the first of that kind."""
_TOPICS = 200
"""Subscriptions in one packet."""
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Published:
    """Something that the broker has not confirmed yet."""

    topic: str
    payload: bytes
    retain: bool
    done: "asyncio.Future[None] | None"


class Mqtt:
    """A Transport over one connection: MQTT 3.1.1 with QoS 1 both ways; MQTT 5 where the URL says ``?version=5``.

    What is published is kept until the broker confirms it, and published again when the connection broke before. What
    arrives is confirmed when its reader asks for the next, so that a slow reader is waited for by the broker (which
    then queues, up to its own limit: ``deploy/mosquitto`` has it raised). With a ``client_id``, the broker keeps what
    arrives while the connection is broken.
    """

    def __init__(self, url: str, *, will: Will | None = None, client_id: str | None = None) -> None:
        """Raises InputError for a URL that is none; see ``BrokerURL``, also for user, password and TLS."""
        self.url = BrokerURL.read(url)
        self.will, self.client_id = will, client_id
        self._client: Client | None = None
        """The connection, while there is one."""
        self._patterns: dict[str, None] = {}
        self._unconfirmed: dict[int, _Published] = {}
        self._numbers: dict[int, int] = {}
        """Packet ids of the present connection, with the keys of ``_unconfirmed``."""
        self._count = self._breaks = 0
        self._inbox: deque[tuple[Client, int, Delivery]] = deque()
        self._reader: asyncio.Future[None] | None = None
        self._here = asyncio.Event()
        self._room = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._closed = True

    @property
    def breaks(self) -> int:
        """As the contract says."""
        return self._breaks

    async def __aenter__(self) -> "Mqtt":
        self._closed = False
        await self._connect()
        self._keeper = asyncio.get_running_loop().create_task(self._keep())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closed = True
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        client, self._client = self._client, None
        if client is not None:
            await client.close()
        for published in self._unconfirmed.values():
            if published.done is not None and not published.done.done():
                published.done.set_exception(TransportError(f"{self.url} was closed before it took a message."))
        self._unconfirmed.clear()
        self._room.set()
        self._wake()

    async def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """As the contract says. On MQTT 3.1.1 no broker tells that it did not let a message through."""
        while len(self._unconfirmed) >= ROOM:
            self._room.clear()
            await self._room.wait()
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._publish(_Published(topic, payload, retain, done))
        await done

    def post(self, topic: str, payload: bytes) -> None:
        """As the contract says."""
        self._publish(_Published(topic, payload, False, None))

    async def subscribe(self, patterns: Sequence[str]) -> None:
        """As the contract says."""
        self._patterns.update(dict.fromkeys(patterns))
        await self._agree("subscribe", patterns)

    async def unsubscribe(self, patterns: Sequence[str]) -> None:
        """As the contract says."""
        for pattern in patterns:
            self._patterns.pop(pattern, None)
        await self._agree("unsubscribe", patterns)

    async def deliveries(self) -> AsyncIterator[Delivery]:
        """As the contract says."""
        loop = asyncio.get_running_loop()
        while not self._closed:
            if not self._inbox:
                self._reader = loop.create_future()
                await self._reader
                continue
            client, number, delivery = self._inbox.popleft()
            yield delivery
            if not client.is_broken:
                client.confirm(number)

    # ---- the connection --------------------------------------------------------------------------------------------

    async def _connect(self) -> None:
        """Raises TransportError."""
        from townsquare.protocols.transports.mqtt_client import opened

        client = await opened(self.url, self.will, self.client_id, self._arrived, self._confirmed)
        try:
            for part in _parts(list(self._patterns)):
                await client.listen(part)
        except Exception as error:  # aiomqtt's own, and those of its paho
            await client.close()
            raise TransportError(f"{self.url} broke off: {error}.") from error
        self._client = client
        self._numbers.clear()
        for key, published in list(self._unconfirmed.items()):
            self._hand_over(client, key, published)
        self._here.set()

    async def _keep(self) -> None:
        """Come back whenever the connection breaks."""
        loop, short = asyncio.get_running_loop(), 0
        while self._client is not None:
            since = loop.time()
            why = await self._client.broken()
            self._here.clear()
            client, self._client = self._client, None
            await client.close()
            _log.info("%s: the connection broke (%s)", self.url, why)
            short = short + 1 if loop.time() - since < SHORT else 0
            if short > 1:
                _log.warning("%s breaks off again and again; is there another connection %r?", self.url, self.client_id)
                await asyncio.sleep(self._pause(short))
            await self._come_back()
            self._breaks += 1

    async def _come_back(self) -> None:
        for attempt in itertools.count():
            try:
                return await self._connect()
            except TransportError as error:
                _log.log(logging.DEBUG if attempt else logging.WARNING, "%s It is tried again.", error)
                await asyncio.sleep(self._pause(attempt))

    def _pause(self, attempt: int) -> float:
        """Grows with the attempts; differs between clients, so that not all of them come back at once."""
        spread = zlib.crc32(f"{self.client_id}:{id(self)}:{attempt}".encode()) / 2**32
        return min(FIRST_PAUSE * 2.0 ** min(attempt, 16), LONGEST_PAUSE) * (0.75 + spread / 2)

    async def _agree(self, what: str, patterns: Sequence[str]) -> None:
        """Subscribe or unsubscribe; after a break the whole list is subscribed anyway."""
        for part in _parts(patterns):
            while True:
                await self._here.wait()
                client = self._client
                if client is None:
                    continue
                try:
                    if what == "subscribe":
                        await client.listen(part)
                    else:
                        await client.ignore(part)
                    break
                except Exception as error:
                    if client is self._client and not client.is_broken:
                        raise TransportError(f"{self.url} does not let us {what}: {error}.") from error
                    await asyncio.sleep(FIRST_PAUSE)

    # ---- what comes and goes ---------------------------------------------------------------------------------------

    def _publish(self, published: _Published) -> None:
        if self._closed:
            raise TransportError("this connection is not open; use it within `async with`.")
        self._count += 1
        self._unconfirmed[self._count] = published
        if self._client is not None:
            self._hand_over(self._client, self._count, published)

    def _hand_over(self, client: "Client", key: int, published: _Published) -> None:
        number = client.hand_over(published.topic, published.payload, published.retain)
        if number is not None:
            self._numbers[number] = key

    def _confirmed(self, client: "Client", number: int, refused: str) -> None:
        """The broker has taken a message, or (MQTT 5) says why it does not."""
        if self._client is not None and client is not self._client:
            return
        published = self._unconfirmed.pop(self._numbers.pop(number, 0), None)
        self._room.set()
        if published is not None and published.done is not None and not published.done.done():
            if refused:
                published.done.set_exception(
                    TransportError(f"{self.url} takes nothing on {published.topic}: {refused}")
                )
            else:
                published.done.set_result(None)

    def _arrived(self, client: "Client", number: int, message: Any) -> None:
        self._inbox.append((client, number, Delivery(str(message.topic), message.payload, bool(message.retain))))
        self._wake()

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            with suppress(RuntimeError):
                self._reader.set_result(None)


def _parts(patterns: Sequence[str]) -> list[list[str]]:
    return [list(patterns[start : start + _TOPICS]) for start in range(0, len(patterns), _TOPICS)]
