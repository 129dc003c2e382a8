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
