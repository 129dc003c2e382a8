"""A server among agents that speak the protocol by hand."""

import asyncio
import signal

import pytest

from tests.protocols.ioa.wire import Peer, until
from townsquare.memory.embedders.hashing import Hashing
from townsquare.protocols.ioa.cards import Card, Limits
from townsquare.protocols.ioa.host import Host, Move
from townsquare.protocols.ioa.journal import Journal
from townsquare.protocols.ioa.messages import (
    Discover,
    Ended,
    Found,
    Joined,
    Lookup,
    Refused,
    Registered,
    Result,
    Say,
    Task,
)
from townsquare.protocols.ioa.server import Server
from townsquare.protocols.ioa.topics import Address
from townsquare.protocols.ioa.unfinished import KILLED
from townsquare.protocols.ioa.vocabulary import Code, TaskStatus, Type
from townsquare.protocols.streams import Streams
from townsquare.protocols.transports.in_process import InProcess
from townsquare.testing.mosquitto import Mosquitto, program


def embedder():
    return Hashing(Hashing.Config(), Streams(0))


async def test_registers_discovers_and_looks_up(broker):
    async with (
        Server(broker, embedder=embedder()) as server,
        Peer(broker, "cook", description="cooks soup and bakes bread") as cook,
        Peer(broker, "clerk", description="keeps accounts") as clerk,
    ):
        found = await clerk.ask(Found, Discover, queries=("who bakes bread?", "accounts"), top=2)
        assert [[match.card.name for match in best] for best in found.matches] == [["cook"], ["cook"]]
        assert found.matches[0][0].score > found.matches[1][0].score
        found = await cook.ask(Found, Lookup)
        assert [match.card.name for match in found.matches[0]] == ["clerk", "cook"]
        found = await cook.ask(Found, Lookup, names=("nobody", "cook"))
        assert [match.card for match in found.matches[0]] == [cook.card]
        presence = server.presence()
        assert [agent.name for agent in presence.agents] == ["clerk", "cook"]
        assert presence.here == 2
        assert presence.faults == 0
        assert presence.messages == 3


async def test_without_an_embedder_says_so():
    broker = InProcess()
    async with Server(broker), Peer(broker, "ann") as ann:
        refused = await ann.ask(Refused, Discover, queries=("anything",))
        assert refused.code is Code.STATE
        assert "embedder" in refused.reason


async def test_an_embedder_that_fails_is_told_of_and_the_next_question_is_answered():
    class Moody:
        calls = 0

        def embed(self, texts):
            self.calls += 1
            if self.calls == 1:
                raise OSError("no network")
            return embedder().embed(texts)

    broker = InProcess()
    async with Server(broker, embedder=Moody()), Peer(broker, "ann") as ann, Peer(broker, "bob") as bob:
        assert (await ann.ask(Refused, Discover, queries=("anything",))).code is Code.STATE
        assert (await bob.ask(Found, Discover, queries=("ann",))).matches[0][0].card.name == "ann"


async def test_answers_are_cut_to_what_the_asker_takes():
    broker = InProcess()
    small = Limits(bytes=8_192)
    async with Server(broker, embedder=embedder()) as server, Peer(broker, "ann", limits=small) as ann:
        for n in range(20):
            server.registry.put(Card(name=f"b{n:02}", description="x" * 1_000), "public")
        for found in (await ann.ask(Found, Lookup), await ann.ask(Found, Discover, queries=("x",), top=20)):
            assert 2 <= len(found.matches[0]) <= 7


async def test_who_comes_and_goes_is_seen(broker):
    async with Server(broker) as server, Peer(broker, "ann") as ann, Peer(broker, "bob") as bob:
        await bob.vanish()
        await until(lambda: not server.registry.is_here("bob"))
        found = await ann.ask(Found, Lookup, names=("bob",))
        assert found.matches[0][0].here is False
        await bob.back()
        await until(lambda: server.registry.is_here("bob"))
        await bob.raw("card", b"", retain=True)
        await until(lambda: "bob" not in server.registry)
        refused = await bob.ask(Refused, Lookup)
        assert refused.code is Code.UNKNOWN


async def test_a_will_takes_all_agents_of_the_host_away():
    broker = InProcess()
    async with Server(broker) as server, Peer(broker, "ann") as ann, Peer(broker, "bob", host="ann"):
        assert server.presence().here == 2
        await ann.transport.abort()
        await until(lambda: server.presence().here == 0)


async def test_a_server_that_starts_anew_finds_everybody(broker):
    async with Server(broker), Peer(broker, "ann") as ann, Peer(broker, "bob"):
        pass
    async with Peer(broker, "early", enter=False) as early:
        early.card = Card(name="early")
        await early.show()
        async with Server(broker) as server:
            await early.hears(Registered)
            await until(lambda: len(server.registry) == 3)
            assert ann.card in list(server.registry)


async def test_what_strangers_say_waits_for_their_card_while_the_server_starts():
    broker = InProcess()
    async with Server(broker) as server, Peer(broker, "ann", enter=False) as ann:
        said = await ann.say(Lookup)
        await ann.raw("card", Card(name="ann").model_dump_json().encode())
        assert (await ann.hears(Found)).reply_to == said.id
        assert not server.guard.refusals


async def test_streams_hand_over_everything_once_though_messages_are_lost_and_repeated(broker):
    async with Server(broker) as server, Host(broker, "left") as left, Host(broker, "right") as right:
        worker = Counter()
        ann = await left.join(Card(name="ann"))
        await right.join(Card(name="bob", limits=Limits(parallel=64)), worker)
        lossy(server.transport)
        lossy(left.transport)
        lossy(right.transport)
        results = await asyncio.gather(*(ann.assign("bob", input=n) for n in range(200)))
        assert [result.output for result in results] == list(range(200))
        assert worker.count == 200
        assert server.links.repeated > 0
        assert server.faults == 0


def lossy(transport):
    """From now on every 53rd message is lost, and every fifth comes twice."""
    post, count = transport.post, 0

    def now_and_then(topic, payload):
        nonlocal count
        count += 1
        for _ in range(0 if count % 53 == 0 else 2 if count % 5 == 0 else 1):
            post(topic, payload)

    transport.post = now_and_then


class Counter:
    """Gives back what it is given, a little later; counts how often."""

    def __init__(self):
        self.count = 0

    async def run(self, task):
        self.count += 1
        await asyncio.sleep(0.02)
        return task.input


@pytest.mark.slow
async def test_a_broker_that_is_killed_and_comes_back_loses_nothing(tmp_path):
    if program() is None:
        pytest.skip("mosquitto is not installed")
    with Mosquitto(tmp_path) as broker:
        async with Server(broker.url) as server, Host(broker.url, "l") as left, Host(broker.url, "r") as right:
            worker = Counter()
            ann = await left.join(Card(name="ann"))
            await right.join(Card(name="bob", limits=Limits(parallel=16)), worker)
            asked = [asyncio.create_task(ann.assign("bob", input=n, seconds=100)) for n in range(1_500)]
            for how in (signal.SIGTERM, signal.SIGKILL):
                await asyncio.sleep(0.5)
                await asyncio.to_thread(broker.restart, how)
            async with asyncio.timeout(90):
                results = await asyncio.gather(*asked)
            assert [result.output for result in results] == list(range(1_500))
            assert worker.count == 1_500
            assert server.tasks.ended == {TaskStatus.COMPLETED: 1_500}
            assert server.faults == 0
            assert server.transport.breaks in (1, 2)  # a slow machine may still be out when the second one comes
            assert set(server.guard.refusals) <= {Code.DUPLICATE}


class Slow:
    """Concludes what is to be done; takes for ever for anything else."""

    async def run(self, task):
        await asyncio.sleep(3_600)

    async def speak(self, turn):
        if turn.conversation.goal != "be done":
            await asyncio.sleep(3_600)
        return Move(Type.CONCLUSION, "done")


async def kill(server):
    """It forgets everything, and says nothing any more; only its will is said."""
    server.links.close()
    server.tasks = server.links = None
    for job in server._jobs:
        job.cancel()
    await server.transport.abort()


async def test_a_server_that_is_killed_is_followed_by_one_that_goes_on():
    broker = InProcess()
    worker = Counter()
    async with Host(broker, "left") as left, Host(broker, "right") as right:
        first = await Server(broker).__aenter__()
        ann = await left.join(Card(name="ann"))
        await right.join(Card(name="bob", limits=Limits(parallel=4)), worker)
        asked = [asyncio.create_task(ann.assign("bob", input=n)) for n in range(60)]
        await until(lambda: worker.count > 10)
        await kill(first)
        async with Server(broker) as second, asyncio.timeout(20):
            results = await asyncio.gather(*asked)
            assert [result.output for result in results] == list(range(60))
            assert worker.count == 60
            assert second.faults == 0


async def test_groups_and_tasks_of_a_server_that_was_killed_are_over_and_their_members_are_told(tmp_path):
    """By the next server, as soon as they are there; one that speaks the protocol by hand just the same."""
    broker = InProcess()
    async with Host(broker, "left") as left, Peer(broker, "cat", enter=False) as cat:
        cat.card = Card(name="cat")
        first = await Server(broker, journal=Journal(tmp_path)).__aenter__()
        ann = await left.join(Card(name="ann", speaks=True), Slow())
        await cat.show()
        going, done = await ann.launch("go on", ["cat"]), await ann.launch("be done", [])
        assert (await ann.ended(done.comm_id)).status == "concluded"
        await cat.hears(Joined)
        await cat.say(Task, task_id="t", to="ann", seconds=60)
        await until(lambda: len(first.tasks) == 1)
        await kill(first)
        second = await Server(broker, journal=Journal(tmp_path)).__aenter__()
        async with asyncio.timeout(20):
            over = await cat.hears(Ended)
            assert (over.comm_id, over.status, over.conclusion) == (going.comm_id, "cancelled", KILLED)
            assert (await ann.ended(going.comm_id)).conclusion == KILLED
            assert (await cat.ask(Refused, Say, comm_id=going.comm_id)).code is Code.UNKNOWN
            await kill(second)
        async with Server(broker, journal=Journal(tmp_path)):
            await cat.hears(Registered)
            assert not [each for each in cat.heard if isinstance(each, Ended)], "told once"
    tables = Journal(tmp_path).tables()
    assert [row["status"] for row in tables["groups"].to_pylist()] == ["cancelled", "concluded"]
    assert [row["status"] for row in tables["tasks"].to_pylist()] == ["cancelled"]


async def test_a_slow_host_holds_up_nobody_and_is_bounded(monkeypatch):
    monkeypatch.setattr("townsquare.protocols.ioa.links.ROOM", 50)
    broker, many = InProcess(room=4), Limits(parallel=1_000)
    async with (
        Server(broker) as server,
        Peer(broker, "ann") as ann,
        Peer(broker, "bob") as bob,
        Peer(broker, "slow", limits=many) as slow,
    ):
        slow._reader.cancel()  # takes nothing any more
        for n in range(200):
            await ann.say(Task, task_id=f"t{n}", to="slow")
        await until(lambda: server.tasks.ended[TaskStatus.FAILED] > 100)
        assert server.guard.refusals[Code.BUSY] > 100
        assert len(server.links[Address("public", "slow")]) <= 50
        assert await bob.ask(Found, Lookup, names=("ann",))


async def test_goodbye_ends_what_is_under_way(tmp_path):
    broker = InProcess()
    async with Peer(broker, "ann", enter=False) as ann:
        ann.card = Card(name="ann")
        async with Server(broker, journal=Journal(tmp_path)):
            await ann.show()
            await ann.say(Task, task_id="t", to="ann")
            await ann.hears(Task)
        result = await ann.hears(Result)
        assert result.status is TaskStatus.CANCELLED
        assert broker.retained["townsquare/v1/server/status"] == b"away"
    assert Journal(tmp_path).tables()["tasks"].to_pylist()[0]["status"] == "cancelled"


@pytest.mark.parametrize("what", ["card", "status", "out"])
async def test_what_goes_wrong_inside_is_counted_and_the_server_goes_on(what, monkeypatch, caplog):
    broker = InProcess()
    async with Server(broker) as server, Peer(broker, "ann") as ann:
        with monkeypatch.context() as patch:
            patch.setattr(server, f"_{'message' if what == 'out' else what}", None)
            await ann.raw(what, b"here")
            await until(lambda: server.faults == 1)
        assert await ann.ask(Found, Lookup)
        assert server.presence().faults == 1
        assert "went wrong" in caplog.text
