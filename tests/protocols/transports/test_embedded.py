import asyncio

import pytest

from townsquare.protocols.errors import InputError
from townsquare.protocols.transports.mqtt import Mqtt
from townsquare.testing.transport_contract import Reader

pytest.importorskip("amqtt")
from townsquare.protocols.transports.embedded import Embedded


async def test_takes_a_free_port_and_gives_it_back():
    async with Embedded() as broker:
        port = broker.port
        assert broker.url == f"mqtt://127.0.0.1:{port}"
        with pytest.raises(InputError, match=f"port {port} of 127.0.0.1 is taken"):
            async with Embedded(port):
                pass
    async with Embedded(port) as again, Mqtt(again.url) as a:
        await a.subscribe(["x"])
        reader = Reader(a)
        await a.publish("x", b"1")
        assert (await reader.wait(1))[0].payload == b"1"
        reader.stop()


async def test_whoever_is_sent_away_finds_the_next_broker():
    broker = Embedded()
    await broker.__aenter__()
    async with Mqtt(broker.url, client_id="a") as a, Mqtt(broker.url, client_id="b") as b:
        await b.subscribe(["x"])
        await broker.__aexit__()
        broker = Embedded(broker.port)
        await broker.__aenter__()
        reader = Reader(b)
        async with asyncio.timeout(10):
            while a.breaks + b.breaks < 2:
                await asyncio.sleep(0.01)
        await a.publish("x", b"1")
        assert (await reader.wait(1))[0].payload == b"1"
        reader.stop()
    await broker.__aexit__()
