"""aiomqtt's client, told to say at once what arrives and what is confirmed. Import it only where aiomqtt is there.

aiomqtt (2.5) makes a task per message it reads and waits for every PUBACK with an event of its own; 100,000 messages
cost less through the two callbacks that it has from paho anyway. Everything else is aiomqtt's.
"""

import asyncio
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any

from townsquare.protocols.errors import InputError
from townsquare.protocols.transports.broker_url import CA, PASSWORD, USER, BrokerURL
from townsquare.protocols.transports.transport import TransportError, Will

try:
    import aiomqtt
    from paho.mqtt.client import MQTT_CLEAN_START_FIRST_ONLY
    from paho.mqtt.enums import MQTTErrorCode
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.properties import Properties
except ImportError as error:
    raise InputError("a broker needs the package aiomqtt: pip install 'townsquare[mqtt]'") from error

KEEPALIVE = 20
"""Seconds of silence after which broker and client look whether the other is there."""
KEPT = 24 * 3600
"""Seconds that a broker with MQTT 5 is asked to keep what arrives while we are away."""
HUNG_UP = "it hangs up"
_quiet = logging.getLogger("townsquare.mqtt")
_quiet.setLevel(logging.CRITICAL)


class Client(aiomqtt.Client):
    """One connection, from ``opened`` to its end; another one is made for the next."""

    def __init__(self, url: BrokerURL, will: Will | None, client_id: str | None, **more: Any) -> None:
        five = url.version == 5
        properties = None
        if five:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            properties.SessionExpiryInterval = KEPT if client_id else 0
        super().__init__(
            url.host,
            url.port,
            username=url.user,
            password=url.password(),
            identifier=client_id,
            will=None if will is None else aiomqtt.Will(will.topic, will.payload, qos=1, retain=True),
            protocol=aiomqtt.ProtocolVersion.V5 if five else aiomqtt.ProtocolVersion.V311,
            clean_session=None if five else client_id is None,
            clean_start=client_id is None if five else MQTT_CLEAN_START_FIRST_ONLY,
            properties=properties,
            keepalive=KEEPALIVE,
            tls_context=url.tls(),
            max_inflight_messages=0,  # without bound; Mqtt has one of its own, and paho's costs a search per message
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
            logger=_quiet,
        )
        self.pending_calls_threshold = 1_000_000
        self._thread = threading.get_ident()
        self._client.manual_ack_set(True)
        self._client.disable_logger()  # it would format two lines for every packet
        self._arrived: Callable[[Client, int, Any], None] = more["arrived"]
        self._confirmed: Callable[[Client, int, str], None] = more["confirmed"]

    @property
    def is_broken(self) -> bool:
        """Whether nothing more will come."""
        return self._disconnected.done()

    async def broken(self) -> str:
        """Wait until the connection breaks; why it did."""
        await asyncio.wait((self._disconnected,))
        return str(self._disconnected.exception())

    async def listen(self, patterns: Sequence[str]) -> None:
        """Subscribe. Raises MqttError, at once when the connection breaks."""
        await self._unless_broken(self.subscribe([(pattern, 1) for pattern in patterns]))

    async def ignore(self, patterns: Sequence[str]) -> None:
        """Unsubscribe. Raises MqttError, at once when the connection breaks."""
        await self._unless_broken(self.unsubscribe(list(patterns)))

    async def _unless_broken(self, what: Coroutine[Any, Any, Any]) -> None:
        """Aiomqtt waits for its time-out, ten seconds, when the connection breaks before an answer."""
        answer = asyncio.ensure_future(what)
        await asyncio.wait((answer, self._disconnected), return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            answer.cancel()
            await asyncio.gather(answer, return_exceptions=True)
            raise aiomqtt.MqttError(HUNG_UP)
        await answer

    def hand_over(self, topic: str, payload: bytes, retain: bool) -> int | None:
        """The packet's id, which ``confirmed`` will be told; None when the connection has just broken."""
        info = self._client.publish(topic, payload, 1, retain)
        return info.mid if info.rc == MQTTErrorCode.MQTT_ERR_SUCCESS else None

    def confirm(self, number: int) -> None:
        """Tell the broker that a message was taken."""
        self._client.ack(number, 1)

    async def close(self) -> None:
        """Say goodbye where that is possible; never raises."""
        with suppress(Exception):
            await self.__aexit__(None, None, None)
        if self._disconnected.done() and not self._disconnected.cancelled():
            self._disconnected.exception()  # it was looked at: asyncio need not complain

    def _on_message(self, client: Any, userdata: Any, message: Any) -> None:
        try:
            self._arrived(self, message.mid, message)
        except UnicodeDecodeError:  # a topic that no agent could have
            self._client.ack(message.mid, message.qos)

    def _on_disconnect(self, client: Any, userdata: Any, flags: Any, reason_code: Any, properties: Any = None) -> None:
        if not self._connected.done():  # aiomqtt would wait until its time is over
            self._connected.set_exception(aiomqtt.MqttError(HUNG_UP))
        super()._on_disconnect(client, userdata, flags, reason_code, properties)

    def _on_socket_register_write(self, client: Any, userdata: Any, sock: Any) -> None:
        """Within the loop's own thread there is no need to wake it, as aiomqtt does for every batch of packets."""
        if threading.get_ident() == self._thread:
            self._write_when_ready(sock)
        else:  # while it connects
            self._loop.call_soon_threadsafe(self._write_when_ready, sock)

    def _write_when_ready(self, sock: Any) -> None:
        if sock.fileno() >= 0:  # it may have been closed meanwhile
            self._loop.add_writer(sock.fileno(), self._write)

    def _write(self) -> None:
        try:
            self._client.loop_write()
        except Exception as error:
            if not self._disconnected.done():
                self._disconnected.set_exception(error)

    def _on_publish(self, client: Any, userdata: Any, mid: int, reason_code: Any, properties: Any) -> None:
        self._confirmed(self, mid, str(reason_code) if reason_code is not None and reason_code.is_failure else "")


async def opened(
    url: BrokerURL,
    will: Will | None,
    client_id: str | None,
    arrived: Callable[[Client, int, Any], None],
    confirmed: Callable[[Client, int, str], None],
) -> Client:
    """A connection. Raises TransportError, in one sentence that says what to do."""
    client = Client(url, will, client_id, arrived=arrived, confirmed=confirmed)
    opening = asyncio.ensure_future(client.__aenter__())
    try:
        await asyncio.shield(opening)
    except asyncio.CancelledError:
        with suppress(aiomqtt.MqttError):  # it connects in a thread, which nobody could end
            await opening
            await client.close()
        raise
    except aiomqtt.MqttError as error:
        raise TransportError(_sentence(url, error)) from error
    return client


def _sentence(url: BrokerURL, error: aiomqtt.MqttError) -> str:
    cause = error.__context__
    if isinstance(error, aiomqtt.MqttCodeError):
        who = f"user {url.user!r}" if url.user else "somebody without a user name"
        if getattr(error.rc, "value", error.rc) in (4, 5, 134, 135):
            return (
                f"{url} does not let {who} in ({_words(error)}): the user stands in the URL or in ${USER}, the "
                f"password in ${PASSWORD}."
            )
        return f"{url} refuses the connection: {_words(error)}."
    if isinstance(cause, ConnectionRefusedError):
        return f"nothing listens at {url}: start a broker there (deploy/mosquitto), or give another --broker."
    if isinstance(cause, socket.gaierror):
        return f"there is no host {url.host!r}: check the name of the broker in {url}."
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"the certificate of {url} is not trusted ({cause.verify_message}): name its CA's file in ${CA}."
    if isinstance(cause, ssl.SSLError | ConnectionResetError):
        return f"{url} does not speak {'TLS' if url.secure else 'MQTT'} there ({cause}): check scheme and port."
    if str(error) == HUNG_UP or isinstance(cause, TimeoutError) or "timed out" in str(error):
        what = "hangs up at once" if str(error) == HUNG_UP else "does not answer in time"
        return f"{url} {what}: check host and port, or whether it wants {'mqtt' if url.secure else 'mqtts'}://."
    return f"{url} cannot be reached: {error}."


def _words(error: aiomqtt.MqttCodeError) -> str:
    return str(error).partition("] ")[2] or str(error)
