"""One contract, three brokers."""

import socket
from contextlib import asynccontextmanager

import pytest

from townsquare.protocols.transports.connect import connect
from townsquare.protocols.transports.in_process import InProcess
from townsquare.testing.mosquitto import Mosquitto, program
from townsquare.testing.transport_contract import TransportContract


class TestInProcess(TransportContract):
    @asynccontextmanager
    async def broker(self, folder):
        yield InProcess(room=100)

    def make(self, broker, will=None, client_id=None):
        return connect(broker, will=will, client_id=client_id)

    async def abort(self, transport):
        await transport.abort()


class OnMqtt(TransportContract):
    def make(self, broker, will=None, client_id=None):
        return connect(broker.url, will=will, client_id=client_id)

    async def abort(self, transport):
        transport._keeper.cancel()
        transport._client._client.socket().shutdown(socket.SHUT_RDWR)
        await transport._client.broken()
        await transport.__aexit__()


class TestMosquitto(OnMqtt):
    @asynccontextmanager
    async def broker(self, folder):
        pytest.importorskip("aiomqtt")
        if program() is None:
            pytest.skip("mosquitto is not installed")
        with Mosquitto(folder / "mosquitto") as broker:
            yield broker


class TestMosquittoWithMqtt5(TestMosquitto):
    def make(self, broker, will=None, client_id=None):
        return connect(f"{broker.url}?version=5", will=will, client_id=client_id)


class TestEmbedded(OnMqtt):
    @asynccontextmanager
    async def broker(self, folder):
        pytest.importorskip("amqtt")
        from townsquare.protocols.transports.embedded import Embedded

        async with Embedded() as broker:
            yield broker
