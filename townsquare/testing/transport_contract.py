"""The promises of a transport, as tests to inherit."""

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from townsquare.protocols.transports.transport import Delivery, Transport, Will

SOON = 10.0
"""Seconds after which something does not come any more."""
NEVER = 0.3
"""Seconds that are waited for what must not come."""


class Reader:
    """What one transport was given, collected as it comes."""

    def __init__(self, transport: Transport) -> None:
        self.got: list[Delivery] = []
        self._news = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._read(transport))

    async def _read(self, transport: Transport) -> None:
        async for delivery in transport.deliveries():
            self.got.append(delivery)
            self._news.set()

    async def wait(self, count: int) -> list[Delivery]:
        """What came, as soon as it is ``count`` or more."""
        async with asyncio.timeout(SOON):
            while len(self.got) < count:
                self._news.clear()
                await self._news.wait()
        return self.got

    async def ended(self) -> None:
        """Wait until the transport has no more."""
        async with asyncio.timeout(SOON):
            await self._task

    def stop(self) -> None:
        """Read no more."""
        self._task.cancel()


class TransportContract:
    """Subclass it, say how to make one, and every promise is checked. Needs pytest-asyncio, with its mode ``auto``."""

    @abstractmethod
    def broker(self, folder: Path) -> AbstractAsyncContextManager[object]:
        """A broker of its own for a test."""

    @abstractmethod
    def make(self, broker: object, will: Will | None = None, client_id: str | None = None) -> Transport:
        """A transport on that broker, not open yet."""

    @abstractmethod
    async def abort(self, transport: Transport) -> None:
        """End a connection as a dropped line would."""

    @asynccontextmanager
    async def two(self, folder: Path) -> AsyncIterator[tuple[Transport, Transport]]:
        """Two connections on one broker."""
        async with self.broker(folder) as broker, self.make(broker) as a, self.make(broker) as b:
            yield a, b

    async def test_says_what_was_published_in_order(self, tmp_path: Path) -> None:
        """Bytes are bytes; topics tell one from the other."""
        async with self.two(tmp_path) as (a, b):
            await b.subscribe(["x/1/in", "x/2/in"])
            reader = Reader(b)
            sent = [(f"x/{n % 3}/in", bytes([n % 256, 0, 255])) for n in range(300)]
            for topic, payload in sent:
                await a.publish(topic, payload)
            wanted = [(topic, payload) for topic, payload in sent if topic != "x/0/in"]
            assert [(one.topic, one.payload) for one in await reader.wait(len(wanted))] == wanted
            assert not any(one.retained for one in reader.got)
            reader.stop()

    async def test_posts_in_order(self, tmp_path: Path) -> None:
        """What is handed over without waiting comes as well, in the same order as what is waited for."""
        async with self.two(tmp_path) as (a, b):
            await b.subscribe(["x/in"])
            reader = Reader(b)
            for n in range(1_000):
                a.post("x/in", str(n).encode())
            await a.publish("x/in", b"1000")
            assert [int(one.payload) for one in await reader.wait(1_001)] == list(range(1_001))
            reader.stop()

    async def test_a_plus_is_one_level(self, tmp_path: Path) -> None:
        """No more and no less."""
        async with self.two(tmp_path) as (a, b):
            await b.subscribe(["r/+/out"])
            reader = Reader(b)
            for topic in ("r/a/out", "r/out", "r/a/b/out", "r/a/in", "other/a/out", "r/b/out"):
                await a.publish(topic, b"x")
            await a.publish("r/last/out", b"x")
            assert [one.topic for one in await reader.wait(3)] == ["r/a/out", "r/b/out", "r/last/out"]
            reader.stop()

    async def test_overlapping_subscriptions_deliver_once(self, tmp_path: Path) -> None:
        """Whatever is subscribed to twice is delivered once."""
        async with self.two(tmp_path) as (a, b):
            await b.subscribe(["r/a"])
            await b.subscribe(["r/a"])
            reader = Reader(b)
            await a.publish("r/a", b"1")
            await a.publish("r/a", b"2")
            assert [one.payload for one in await reader.wait(2)] == [b"1", b"2"]
            reader.stop()

    async def test_retained_is_told_to_late_comers(self, tmp_path: Path) -> None:
        """The last one, until it is taken away with an empty one."""
        async with self.two(tmp_path) as (a, b):
            for topic, payload in (
                ("c/a/card", b"old"),
                ("c/a/card", b"new"),
                ("c/b/card", b"gone"),
                ("c/b/card", b""),
            ):
                await a.publish(topic, payload, retain=True)
            await a.publish("c/c/card", b"only said")
            await b.subscribe(["c/+/card"])
            reader = Reader(b)
            assert (await reader.wait(1))[0] == Delivery("c/a/card", b"new", retained=True)
            await a.publish("c/a/card", b"newest", retain=True)
            assert (await reader.wait(2))[1] == Delivery("c/a/card", b"newest"), "said while we were there"
            await asyncio.sleep(NEVER)
            assert len(reader.got) == 2
            reader.stop()

    async def test_unsubscribe_ends_it(self, tmp_path: Path) -> None:
        """Other subscriptions stay."""
        async with self.two(tmp_path) as (a, b):
            await b.subscribe(["u/1", "u/2"])
            await b.unsubscribe(["u/1"])
            reader = Reader(b)
            await a.publish("u/1", b"x")
            await a.publish("u/2", b"y")
            assert [one.topic for one in await reader.wait(1)] == ["u/2"]
            reader.stop()

    async def test_a_will_is_for_those_who_break_off(self, tmp_path: Path) -> None:
        """Published, and retained, when the connection drops; not when it is closed."""
        async with self.broker(tmp_path) as broker, self.make(broker) as watcher:
            await watcher.subscribe(["+/status"])
            reader = Reader(watcher)
            async with self.make(broker, Will("closed/status", b"away"), "closed"):
                pass
            broken = self.make(broker, Will("broken/status", b"away"), "broken")
            await broken.__aenter__()
            await self.abort(broken)
            got = await reader.wait(1)
            assert [(one.topic, one.payload) for one in got] == [("broken/status", b"away")]
            reader.stop()
            async with self.make(broker) as late:
                await late.subscribe(["broken/status"])
                reader = Reader(late)
                assert (await reader.wait(1))[0].retained
                reader.stop()

    async def test_deliveries_end_with_the_transport(self, tmp_path: Path) -> None:
        """Whoever reads is let go."""
        async with self.broker(tmp_path) as broker:
            async with self.make(broker) as transport:
                reader = Reader(transport)
                await asyncio.sleep(0)
            await reader.ended()

    async def test_a_slow_reader_loses_nothing(self, tmp_path: Path) -> None:
        """Whoever publishes may have to wait; nothing is dropped."""
        async with self.two(tmp_path) as (a, b):
            await b.subscribe(["s/in"])
            count = 3_000
            sending = asyncio.gather(*(a.publish("s/in", str(n).encode()) for n in range(count)))
            await asyncio.sleep(0.2)
            reader = Reader(b)
            assert [int(one.payload) for one in await reader.wait(count)] == list(range(count))
            await sending
            reader.stop()
