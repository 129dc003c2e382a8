"""From the name of a broker to a connection with it."""

from townsquare.protocols.transports.broker_url import BrokerURL
from townsquare.protocols.transports.in_process import InProcess
from townsquare.protocols.transports.transport import Transport, Will


def connect(broker: "str | InProcess", *, will: Will | None = None, client_id: str | None = None) -> Transport:
    """A transport that is not open yet. Raises InputError for what names no broker.

    Args:
        broker: ``mqtt://[user@]host[:1883]``, ``mqtts://[user@]host[:8883]`` (see ``Mqtt``), or a broker of this
            process.
        will: What is published when the connection breaks off.
        client_id: What the broker keeps messages under while we are away; one connection per id at a time.
    """
    if isinstance(broker, InProcess):
        return broker.connect(will)
    from townsquare.protocols.transports.mqtt import Mqtt

    return Mqtt(broker, will=will, client_id=client_id)


def user_of(broker: "str | InProcess") -> str | None:
    """The MQTT user that a connection comes as; None where there is none. Raises InputError."""
    return None if isinstance(broker, InProcess) else BrokerURL.read(broker).user
