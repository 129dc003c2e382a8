"""A real broker, a server and agents as processes of their own, for tests; also what those processes run:

python -m tests.bus serve URL
python -m tests.bus mind|nonsense|sleeper|recommender|checkers URL NAME
"""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
_CONFIG = """\
listener {port} 127.0.0.1
allow_anonymous true
set_tcp_nodelay true
max_queued_messages 100000
max_inflight_messages 200
persistence true
persistence_location {folder}/
autosave_interval 1
user root
log_type none
"""


class Broker:
    """Mosquitto on a free port of this machine, which can be ended and started again at the same place."""

    def __init__(self, folder: Path) -> None:
        found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
        if found is None:
            pytest.skip("mosquitto is not installed")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"mqtt://127.0.0.1:{self.port}"
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "mosquitto.conf"
        config.write_text(_CONFIG.format(port=self.port, folder=folder))
        self._command = [found, "-c", str(config)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError("mosquitto did not start")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None

    def restart(self, how: signal.Signals = signal.SIGTERM, pause: float = 0.5) -> None:
        self.stop(how)
        time.sleep(pause)
        self.start()


class Bus:
    """The broker, and the processes on it."""

    def __init__(self, broker: Broker, folder: Path, stack: ExitStack) -> None:
        self.broker, self.folder, self._stack = broker, folder, stack
        self.server: subprocess.Popen[str]

    @property
    def url(self) -> str:
        return self.broker.url

    def start(self, kind: str, *words: str) -> subprocess.Popen[str]:
        """A process of this file, as soon as it is ready."""
        log = (self.folder / f"{'-'.join((kind, *words))}.log").open("w")
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bus", kind, self.url, *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        )
        self._stack.callback(_end, process, log)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", (self.folder / f"{'-'.join((kind, *words))}.log").read_text()
        return process


def _end(process: subprocess.Popen[str], log: Any) -> None:
    process.kill()
    process.communicate()
    log.close()


@contextmanager
def bus(folder: Path, *minds: str) -> Iterator[Bus]:
    """A broker with a server and an agent for each of ``minds`` that decides as the town's own minds do."""
    with ExitStack() as stack:
        broker = Broker(folder / "broker")
        broker.start()
        stack.callback(broker.stop, signal.SIGKILL)
        made = Bus(broker, folder, stack)
        made.server = made.start("serve")
        for name in minds:
            made.start("mind", name)
        yield made


# ---- what the processes run ----------------------------------------------------------------------------------------


async def _serve(url: str) -> None:
    from townsquare.memory.embedders.hashing import Hashing
    from townsquare.protocols.ioa.server import Server
    from townsquare.protocols.streams import Streams

    embedder = Hashing(Hashing.Config(dimensions=2_048), Streams(0))
    async with Server(
        url, max_bytes=16_777_216, embedder=embedder
    ):  # what goes round in a town, told at once, is large
        print("ready", flush=True)
        await asyncio.Event().wait()


async def _host(url: str, kind: str, name: str) -> None:
    from tests.agents.minds.elsewhere import behavioural
    from townsquare.protocols.ioa.cards import Card, Limits
    from townsquare.protocols.ioa.host import Host
    from townsquare.sim.recommenders.hosting import Hosted

    class Mind:
        async def run(self, task: Any) -> Any:
            return await behavioural(task.input)

    class Nonsense:
        """Answers everything with something else that makes no sense."""

        count = 0

        async def run(self, task: Any) -> Any:
            self.count += 1
            rows = task.input["rows"]
            agent = rows[0]["agent"]
            return [
                None,
                {"actions": [{"agent": agent, "kind": "click", "item": -7}]},
                {"actions": [{"agent": 0, "kind": "click", "item": rows[0]["items"][0]["item"]}] * 50},
                {"actions": "all of them"},
                {"actions": [{"agent": row["agent"], "kind": "post", "vector": [1e99]} for row in rows]},
            ][self.count % 5]

    class Sleeper:
        async def run(self, task: Any) -> Any:
            await asyncio.sleep(3600)

    limits = Limits(parallel=4, bytes=16_777_216)
    card = Card(name=name, capabilities=("decide",), streams=True, limits=limits)
    agent: Any = {"mind": Mind, "nonsense": Nonsense, "sleeper": Sleeper}.get(kind, Mind)()
    if kind == "recommender":
        agent = Hosted("ease")
        card = agent.card(name)
    async with Host(url, name) as host:
        await host.join(card, agent)
        print("ready", flush=True)
        await asyncio.Event().wait()


async def _checkers(url: str, name: str) -> None:
    """The members of a fact-checking team, but for its desk."""
    from townsquare.agents.roles import fact_reader, judge, retriever
    from townsquare.memory.embedders.hashing import Hashing
    from townsquare.protocols.ioa.cards import Limits
    from townsquare.protocols.ioa.host import Host
    from townsquare.protocols.streams import Streams

    agents: Any = [
        (retriever.CARD, retriever.Retriever(Hashing(Hashing.Config(dimensions=2_048), Streams(0)))),
        (fact_reader.CARD.model_copy(update={"name": "reader-1"}), fact_reader.FactReader()),
        (fact_reader.CARD.model_copy(update={"name": "reader-2"}), fact_reader.FactReader()),
        (judge.CARD, judge.Judge()),
    ]
    async with Host(url, name) as host:
        for card, agent in agents:
            await host.join(card.model_copy(update={"limits": Limits(bytes=16_777_216)}), agent)
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    what, url, *rest = sys.argv[1:]
    if what == "serve":
        asyncio.run(_serve(url))
    else:
        asyncio.run(_checkers(url, *rest) if what == "checkers" else _host(url, what, *rest))
