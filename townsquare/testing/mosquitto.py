"""A real mosquitto on a free port of this machine, for tests and benchmarks; it can be ended and started again."""

import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

QUICK = """\
listener {port} 127.0.0.1
persistence_location ./
log_type error
allow_anonymous true
set_tcp_nodelay true
max_queued_messages 100000
max_inflight_messages 200
persistence true
autosave_interval 1
"""
"""For everybody, without TLS, with limits that lose nothing: see deploy/mosquitto for one that is fit for others."""


def program() -> str | None:
    """Where mosquitto is; None where it is not installed."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


class Mosquitto:
    """``with Mosquitto(folder) as broker: broker.url``."""

    def __init__(self, folder: Path, settings: str = QUICK, *, secure: bool = False) -> None:
        """``settings``: mosquitto.conf with ``{port}``, and paths from ``folder``; ``secure``: it is for TLS."""
        found = program()
        if found is None:
            raise FileNotFoundError("mosquitto is not installed")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.url = f"{'mqtts' if secure else 'mqtt'}://localhost:{self.port}"
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "test.conf"
        config.write_text("user root\n" + settings.replace("{port}", str(self.port)))  # for tests that root runs
        self.log = folder / "mosquitto.log"
        self._folder, self._command = folder, [found, "-c", str(config)]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Mosquitto":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop(signal.SIGKILL)

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Back as soon as it listens."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command, cwd=self._folder, stderr=log, stdout=log)
        until = time.monotonic() + 20
        while time.monotonic() < until and self._process.poll() is None:
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError(f"mosquitto did not start: {self.log.read_text()}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it; nothing when it is not there."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None

    def restart(self, how: signal.Signals = signal.SIGTERM, pause: float = 0.3) -> None:
        """End it so, and start it again at the same place."""
        self.stop(how)
        time.sleep(pause)
        self.start()
