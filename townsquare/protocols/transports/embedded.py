"""A broker within this process, for trying things out: amqtt, when nothing else is installed."""

import asyncio
import logging
import socket
from contextlib import suppress
from typing import Any

from townsquare.protocols.errors import InputError


class Embedded:
    """``async with Embedded(port=0) as broker: broker.url``.

    Its limits, measured with amqtt 0.12: this machine only, without users or TLS; MQTT 3.1.1 only; nothing is kept when
    it stops, and next to nothing for a client that is away (streams send it again, docs/protocol.md); a third of
    mosquitto's messages per second, at the cost of this process. For anything else: deploy/mosquitto.
    """

    def __init__(self, port: int = 0, host: str = "127.0.0.1") -> None:
        """``port`` 0 takes a free one."""
        self.host, self.port = host, port
        self._broker: Any = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"mqtt://{self.host}:{self.port}"

    async def __aenter__(self) -> "Embedded":
        """Raises InputError when amqtt is missing, or the port is taken."""
        try:
            from amqtt.broker import Broker
        except ImportError as error:
            raise InputError("a broker of our own needs the package amqtt: pip install 'townsquare[broker]'") from error
        self.port = _free(self.host, self.port)
        for name in ("amqtt", "transitions"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._broker = Broker(
            {
                "listeners": {"default": {"type": "tcp", "bind": f"{self.host}:{self.port}"}},
                "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
            }
        )
        await self._broker.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        with suppress(Exception):
            for listener in self._broker._servers.values():
                listener.instance.close()  # first: whoever is sent away must not come back to the one that goes
            async with asyncio.timeout(5.0):
                await self._broker.shutdown()


def _free(host: str, port: int) -> int:
    """The port, or a free one for 0. Raises InputError when somebody listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InputError(f"port {port} of {host} is taken ({error.strerror}): give another --port.") from error
        found: int = probe.getsockname()[1]
        return found
