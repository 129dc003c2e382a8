import asyncio
import threading

import pytest

from townsquare.protocols.transports.in_process import InProcess
from townsquare.protocols.transports.transport import Transport, TransportError
from townsquare.testing.transport_contract import Reader


async def test_a_writer_waits_for_a_reader_and_only_then():
    broker = InProcess(room=3)
    async with broker.connect() as a, broker.connect() as b:
        assert isinstance(a, Transport)
        await b.subscribe(["x"])
        for n in range(3):
            await a.publish("x", bytes([n]))
        waiting = [asyncio.ensure_future(a.publish("x", bytes([n]))) for n in (3, 4)]
        await asyncio.sleep(0.01)
        assert not waiting[0].done()
        reader = Reader(b)
        assert [one.payload[0] for one in await reader.wait(5)] == [0, 1, 2, 3, 4]
        await asyncio.gather(*waiting)
        reader.stop()


async def test_a_reader_that_goes_frees_its_writers():
    broker = InProcess(room=1)
    async with broker.connect() as a:
        async with broker.connect() as b:
            await b.subscribe(["x"])
            await a.publish("x", b"1")
            waiting = asyncio.ensure_future(a.publish("x", b"2"))
            await asyncio.sleep(0)
        async with asyncio.timeout(5):
            await waiting


async def test_reaches_the_loop_of_another_thread():
    broker, got, ready = InProcess(room=2), [], threading.Event()

    async def elsewhere():
        async with broker.connect() as b:
            await b.subscribe(["x"])
            ready.set()
            async for delivery in b.deliveries():
                got.append(delivery.payload)
                await b.publish("y", delivery.payload)
                if delivery.payload == b"last":
                    return

    thread = threading.Thread(target=asyncio.run, args=(elsewhere(),))
    async with broker.connect() as a:
        await a.subscribe(["y"])
        reader = Reader(a)
        thread.start()
        await asyncio.to_thread(ready.wait)
        for n in range(200):
            await a.publish("x", str(n).encode())
        a.post("x", b"last")
        await reader.wait(201)
        await asyncio.to_thread(thread.join)
        assert [one.payload for one in reader.got] == got == [*(str(n).encode() for n in range(200)), b"last"]
        reader.stop()


@pytest.mark.parametrize("pattern", ["#", "a/#", "a+/b", "a/b+"])
async def test_refuses_other_patterns(pattern):
    async with InProcess().connect() as a:
        with pytest.raises(TransportError, match="one whole level"):
            await a.subscribe([pattern])


async def test_refuses_to_publish_on_a_pattern_and_to_work_when_closed():
    transport = InProcess().connect()
    with pytest.raises(TransportError, match="not open"):
        await transport.publish("a", b"")
    async with transport:
        with pytest.raises(TransportError, match="for subscriptions"):
            await transport.publish("a/+", b"")
    with pytest.raises(TransportError, match="not open"):
        transport.post("a", b"")
