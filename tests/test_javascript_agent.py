"""An agent in another language, that relies on the AsyncAPI document alone: examples/javascript-agent."""

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.bus import Broker
from townsquare.memory.embedders.hashing import Hashing
from townsquare.protocols import Streams
from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.conversation import Conversation, Move, Turn
from townsquare.protocols.ioa.vocabulary import TaskStatus, Type

EXAMPLE = Path(__file__).parents[1] / "examples" / "javascript-agent"
LINES = 90
"""More would be no example."""
PATIENCE = 20.0
"""Seconds for anything that happens in the other process."""


def test_it_is_short_and_knows_nothing_but_its_client() -> None:
    lines = (EXAMPLE / "agent.mjs").read_text("utf-8").splitlines()
    assert len(lines) < LINES
    imported = [line.split(" from ")[1].strip('";') for line in lines if line.startswith("import ")]
    assert [name for name in imported if not name.startswith("node:")] == ["mqtt"]
    wanted = json.loads((EXAMPLE / "package.json").read_text("utf-8"))["dependencies"]
    assert list(wanted) == ["mqtt"]
    assert wanted["mqtt"][0].isdigit(), "pinned"


@pytest.fixture(scope="session")
def modules() -> Path:
    """The folder with the npm packages, installed once per machine; skips where that cannot be done."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node or npm is not installed")
    package = (EXAMPLE / "package.json").read_bytes()
    kept = Path(tempfile.gettempdir()) / f"townsquare-npm-{os.getuid()}-{hashlib.sha256(package).hexdigest()[:12]}"
    if not kept.exists():
        with tempfile.TemporaryDirectory(dir=kept.parent) as fresh:
            (Path(fresh) / "package.json").write_bytes(package)
            try:
                subprocess.run(
                    [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1"],
                    cwd=fresh,
                    check=True,
                    capture_output=True,
                    timeout=120,
                )
            except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
                pytest.skip("npm cannot reach its registry")
            shutil.copytree(fresh, kept, symlinks=True, dirs_exist_ok=True)
    return kept / "node_modules"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    made = Broker(tmp_path / "broker")
    made.start()
    yield made
    made.stop()


class Node:
    """The agent as a process of its own."""

    def __init__(self, modules: Path, folder: Path, url: str, **environment: str) -> None:
        shutil.copy(EXAMPLE / "agent.mjs", folder)
        (folder / "node_modules").symlink_to(modules, target_is_directory=True)
        self.log = folder / "agent.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                ["node", "agent.mjs"],
                cwd=folder,
                env=os.environ | {"TOWNSQUARE_BROKER": url} | environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def node(modules: Path, tmp_path: Path) -> Iterator[Callable[..., Node]]:
    started: list[Node] = []

    def start(url: str, **environment: str) -> Node:
        started.append(Node(modules, tmp_path, url, **environment))
        return started[-1]

    yield start
    for each in started:
        each.end()


class Chair:
    """Has the other count, lets it speak, and concludes with both."""

    def __init__(self, other: str) -> None:
        self.other = other

    async def run(self, task: Any) -> Any:
        raise NotImplementedError("only talks")

    async def speak(self, turn: Turn) -> Move:
        said = turn.conversation.said
        results = list(turn.conversation.results.values())
        if not results:
            return Move(Type.SYNC_TASK, "Count this.", (self.other,), task_input="four words are here")
        if said[-1].sender == turn.me or said[-1].type is Type.TASK_RESULT:
            return Move(Type.DISCUSSION, "What do you say?", (self.other,))
        return Move(Type.CONCLUSION, f"{results[0].output['words']} words. {said[-1].content}")


@asynccontextmanager
async def square(url: str) -> AsyncIterator[Any]:
    """A server, and a member ``chair`` that can look round."""
    pytest.importorskip("aiomqtt")
    from townsquare.protocols.ioa.host import Host
    from townsquare.protocols.ioa.server import Server

    words = Hashing(Hashing.Config(), Streams(0))
    async with Server(url, embedder=words) as server, Host(url, "chair") as host:
        card = Card(name="chair", description="Opens groups.", speaks=True)
        yield server, await host.join(card, Chair("javascript-counter"))


async def until(true: Callable[[], Awaitable[bool]], what: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            while not await true():
                await asyncio.sleep(0.05)
    except TimeoutError:
        pytest.fail(what)


async def here(chair: Any) -> bool:
    return any(match.here for match in await chair.lookup(["javascript-counter"]))


@pytest.mark.slow
async def test_it_is_found_joins_a_group_works_and_speaks(broker: Broker, node: Callable[..., Node]) -> None:
    agent = node(broker.url)
    async with square(broker.url) as (server, chair):
        await until(lambda: here(chair), f"it did not come: {agent.log.read_text()}")
        ((found, *_),) = await chair.discover(["counts the words of a text"], top=1)
        assert (found.card.name, found.card.speaks, found.here) == ("javascript-counter", True, True)

        result = await chair.assign(found.card.name, "to be or not to be", capability="count words", seconds=PATIENCE)
        assert (result.status, result.output) == (TaskStatus.COMPLETED, {"words": 6})

        talk: Conversation = await chair.launch("How long is the line?", [found.card.name])
        async with asyncio.timeout(PATIENCE):
            ended = await chair.ended(talk.comm_id)
        words = 'I heard 2 messages and counted 4 words for "How long is the line?".'
        assert (ended.status, ended.conclusion) == ("concluded", f"4 words. {words}")
        assert not server.guard.refusals, agent.log.read_text()


@pytest.mark.slow
async def test_it_survives_a_restart_of_the_broker(broker: Broker, node: Callable[..., Node]) -> None:
    agent = node(broker.url)
    async with square(broker.url) as (_, chair):
        await until(lambda: here(chair), f"it did not come: {agent.log.read_text()}")
        for n in range(2):
            await asyncio.to_thread(broker.restart)
            async with asyncio.timeout(PATIENCE):
                result = await chair.assign("javascript-counter", input="once more " * n + "please", seconds=PATIENCE)
            assert (result.status, result.output) == (TaskStatus.COMPLETED, {"words": 2 * n + 1})
        assert agent.process.poll() is None


@pytest.mark.slow
async def test_it_is_marked_away_when_it_dies_and_gone_when_it_leaves(
    broker: Broker, node: Callable[..., Node], tmp_path: Path
) -> None:
    agent = node(broker.url)
    async with square(broker.url) as (_, chair):
        await until(lambda: here(chair), f"it did not come: {agent.log.read_text()}")
        agent.end()

        async def away() -> bool:
            return [match.here for match in await chair.lookup(["javascript-counter"])] == [False]

        await until(away, "its last will did not reach the server")
        (tmp_path / "node_modules").unlink()
        again = node(broker.url)
        await until(lambda: here(chair), f"it did not come back: {again.log.read_text()}")
        again.process.send_signal(2)
        assert await asyncio.to_thread(again.process.wait, PATIENCE) == 0

        async def gone() -> bool:
            return not await chair.lookup(["javascript-counter"])

        await until(gone, "it did not leave")


@pytest.mark.slow
async def test_it_joins_over_the_embedded_broker(node: Callable[..., Node]) -> None:
    pytest.importorskip("amqtt")
    from townsquare.protocols.transports.embedded import Embedded

    async with Embedded() as small:
        agent = node(small.url)
        async with square(small.url) as (_, chair):
            await until(lambda: here(chair), f"it did not come: {agent.log.read_text()}")
            result = await chair.assign("javascript-counter", "three little words", seconds=PATIENCE)
            assert result.output == {"words": 3}
