"""How an MQTT broker is named, and as whom one comes."""

import os
import ssl
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from townsquare.protocols.errors import InputError, did_you_mean

USER, PASSWORD, CA = "TOWNSQUARE_MQTT_USER", "TOWNSQUARE_MQTT_PASSWORD", "TOWNSQUARE_MQTT_CA"
"""Environment variables: the user where the URL has none, the password (nowhere else), and the file with the
certificate of whoever signed the broker's, where the system does not know it."""
PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, slots=True)
class BrokerURL:
    """``mqtt://[user@]host[:1883][?version=5]``, ``mqtts://[user@]host[:8883][?version=5]``."""

    host: str
    port: int
    user: str | None = None
    secure: bool = False
    version: int = 4
    """4 is MQTT 3.1.1, 5 is MQTT 5."""

    def __str__(self) -> str:
        """For messages; never with a password, which is not kept here."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'mqtts' if self.secure else 'mqtt'}://{host}:{self.port}"

    @classmethod
    def read(cls, url: str) -> "BrokerURL":
        """Raises InputError, in one sentence, for what is none."""
        parts = urlsplit(url)
        if parts.scheme not in PORTS:
            raise InputError(
                f"{url!r} names no broker: give mqtt://HOST or mqtts://HOST{did_you_mean(parts.scheme, PORTS)}"
            )
        if parts.password is not None:
            raise InputError(f"the URL of a broker may hold no password; give it as ${PASSWORD}.")
        try:
            port = parts.port or PORTS[parts.scheme]
        except ValueError as error:
            raise InputError(f"{url!r} names no broker: {error}.") from error
        if not parts.hostname or parts.path.strip("/"):
            raise InputError(f"{url!r} names no broker: give {parts.scheme}://HOST, with nothing after host and port.")
        asked = parse_qs(parts.query)
        if parts.query and asked not in ({"version": ["5"]}, {"version": ["3.1.1"]}):
            raise InputError(f"{url!r}: behind the ? stands version=5 or version=3.1.1.")
        user = unquote(parts.username) if parts.username else os.environ.get(USER) or None
        return cls(parts.hostname, port, user, parts.scheme == "mqtts", 5 if asked.get("version") == ["5"] else 4)

    def password(self) -> str | None:
        """From the environment."""
        return os.environ.get(PASSWORD) if self.user else None

    def tls(self) -> ssl.SSLContext | None:
        """How the broker is known for who it is; None without TLS. Raises InputError for a file that is none."""
        if not self.secure:
            return None
        file = os.environ.get(CA) or None
        try:
            return ssl.create_default_context(cafile=file)
        except (OSError, ssl.SSLError) as error:
            raise InputError(f"${CA}: {file!r} holds no certificate: {error}.") from error
