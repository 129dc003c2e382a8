"""Whatever a stranger sends is refused, counted under its code, and leaves the server serving."""

import asyncio
import json

import pytest

from tests.protocols.ioa.wire import Peer, until
from townsquare.memory.embedders.hashing import Hashing
from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.messages import (
    Ack,
    Discover,
    Floor,
    Found,
    Joined,
    Launch,
    Launched,
    Lookup,
    Refused,
    Registered,
    Result,
    Say,
    Task,
)
from townsquare.protocols.ioa.server import Server
from townsquare.protocols.ioa.topics import Address
from townsquare.protocols.ioa.vocabulary import Code
from townsquare.protocols.streams import Streams
from townsquare.protocols.transports.in_process import InProcess

MESSAGE = {"kind": "lookup", "id": "x1", "sender": "eve", "version": "1.0"}


def told(**changed):
    return json.dumps(MESSAGE | changed).encode()


HOSTILE = {
    "nothing": (b"", Code.MALFORMED),
    "no JSON": (b'{"kind": "lookup"', Code.MALFORMED),
    "no UTF-8": (b'{"kind": "\xff\xfe"}', Code.MALFORMED),
    "no object": (b"[1, 2]", Code.MALFORMED),
    "no kind": (b"{}", Code.MALFORMED),
    "unknown kind": (told(kind="shutdown"), Code.MALFORMED),
    "kind is no text": (told(kind=[1]), Code.MALFORMED),
    "no id": (b'{"kind": "lookup", "sender": "eve"}', Code.MALFORMED),
    "id with a space": (told(id="x 1"), Code.MALFORMED),
    "id with a line break": (told(id="x1\n"), Code.MALFORMED),
    "half a character": (b'{"kind": "lookup", "id": "x1", "sender": "eve", "names": ["\\ud800"]}', Code.MALFORMED),
    "a number of 100,000 digits": (
        b'{"kind":"task","id":"x1","sender":"eve","task_id":"t","to":"ann","input":' + b"9" * 100_000 + b"}",
        Code.MALFORMED,
    ),
    "nested 100,000 deep": (
        b'{"kind":"task","id":"x1","sender":"eve","task_id":"t","to":"ann","input":' + b"[" * 100_000,
        Code.MALFORMED,
    ),
    "nested 100,000 deep, whole": (
        b'{"kind":"task","id":"x1","sender":"eve","task_id":"t","to":"ann","input":%s}'
        % (b"[" * 100_000 + b"]" * 100_000),
        Code.MALFORMED,
    ),
    "another version": (told(version="2.0"), Code.VERSION),
    "no version known": (told(version=None), Code.VERSION),
    "oversize": (told(names=["n" * 300_000]), Code.OVERSIZE),
    "sender forged": (told(sender="ann"), Code.SENDER),
    "sender is the server": (told(sender="server"), Code.SENDER),
    "sender is no name": (told(sender="a/b"), Code.MALFORMED),
    "what only the server says": (told(kind="registered"), Code.STATE),
    "the server's end of a group": (told(kind="ended", comm_id="g"), Code.STATE),
    "a result of no task": (told(kind="result", task_id="t"), Code.UNKNOWN),
    "a result that is no end": (told(kind="result", task_id="t", status="in_progress"), Code.UNKNOWN),
    "a say in no group": (told(kind="say", comm_id="g"), Code.UNKNOWN),
    "an unknown enum": (told(kind="say", comm_id="g", type="shout"), Code.MALFORMED),
    "an enum out of range": (told(kind="say", comm_id="g", type=12), Code.MALFORMED),
    "an infinite time": (told(kind="task", task_id="t", to="ann", seconds=float("inf")), Code.MALFORMED),
    "a member that is no name": (told(kind="launch", goal="g", members=["a/+/#"]), Code.MALFORMED),
    "too many queries": (told(kind="discover", queries=["q"] * 65), Code.MALFORMED),
}


def serving(broker, **settings):
    return Server(broker, embedder=Hashing(Hashing.Config(), Streams(0)), **settings)


async def still_serves(server, *peers):
    for peer in peers:
        found = await peer.ask(Found, Discover, queries=("ann",))
        assert found.matches
    assert server.faults == 0


@pytest.mark.parametrize("what", HOSTILE)
async def test_refused_counted_and_answered(what):
    payload, code = HOSTILE[what]
    broker = InProcess()
    async with serving(broker) as server, Peer(broker, "ann") as ann, Peer(broker, "eve") as eve:
        await eve.raw("out", payload)
        refused = await eve.hears(Refused)
        assert refused.code is code
        assert server.guard.refusals == {code: 1}
        assert server.journal.tables()["refusals"].to_pylist()[0]["code"] == code
        if code is not Code.OVERSIZE and b'"id": "x1",' in payload and b"\\ud800" not in payload:
            assert refused.reply_to == "x1"
        await still_serves(server, ann, eve)


async def test_all_of_it_over_a_broker(broker):
    async with serving(broker) as server, Peer(broker, "ann") as ann, Peer(broker, "eve") as eve:
        for payload, _ in HOSTILE.values():
            if payload:  # a broker takes an empty payload, and what it makes of it is its affair
                await eve.raw("out", payload)
        codes = [code for payload, code in HOSTILE.values() if payload]
        duplicates = sum(
            b'"x1"' in payload and code in (Code.UNKNOWN, Code.STATE) for payload, code in HOSTILE.values()
        )
        await until(lambda: server.guard.refusals.total() == len(codes))
        assert server.guard.refusals[Code.DUPLICATE] == duplicates - 1  # all of them have the same id
        assert server.guard.refusals[Code.MALFORMED] == codes.count(Code.MALFORMED)
        await still_serves(server, ann, eve)


async def test_an_id_that_was_used_is_dropped_without_an_answer(broker):
    async with serving(broker) as server, Peer(broker, "eve") as eve:
        said = await eve.say(Lookup)
        await eve.hears(Found)
        for _ in range(5):
            await eve.say(Lookup, id=said.id)
        await until(lambda: server.guard.refusals == {Code.DUPLICATE: 5})
        assert not eve.heard
        await still_serves(server, eve)


async def test_nobody_speaks_on_the_topic_of_another(broker):
    async with serving(broker) as server, Peer(broker, "ann") as ann, Peer(broker, "eve") as eve:
        forged = Lookup(id="x", sender="eve")
        await eve.raw("out", forged.model_dump_json().encode(), who=ann.me)
        await until(lambda: server.guard.refusals[Code.SENDER] == 1)
        forged = Lookup(id="y", sender="ann")
        await eve.raw("out", forged.model_dump_json().encode(), who=Address("mallory", "ann"))
        await until(lambda: server.guard.refusals[Code.UNKNOWN] == 1)
        await still_serves(server, ann, eve)


@pytest.mark.parametrize(
    ("card", "where", "code"),
    [
        (b"{", None, Code.MALFORMED),
        (b'{"name": "eve/in"}', None, Code.MALFORMED),
        (b'{"name": "eve+"}', None, Code.MALFORMED),
        (b'{"name": "eve#"}', None, Code.MALFORMED),
        ('{"name": "\u0435ve"}'.encode(), None, Code.MALFORMED),
        (b'{"name": "eve\\u0000"}', None, Code.MALFORMED),
        (b'{"name": "ann"}', None, Code.SENDER),
        (b'{"name": "eve", "owner": "ann"}', None, Code.SENDER),
        (b'{"name": "eve", "host": "server"}', None, Code.NAME),
        (b'{"name": "server"}', Address("public", "server"), Code.NAME),
        (b'{"name": "eve"}', Address("server", "eve"), Code.NAME),
        (b'{"name": "ann", "owner": "mallory"}', Address("mallory", "ann"), Code.NAME),
        (b'{"name": "\xd0\xb5ve"}', Address("public", "\u0435ve"), Code.NAME),
        (b'{"name": "eve", "description": "%s"}' % (b"x" * 10_000_000), None, Code.OVERSIZE),
        (b'{"name": "eve", "description": "%s"}' % (b"x" * 9_000), None, Code.MALFORMED),
        (b'{"name": "eve", "limits": {"parallel": 0}}', None, Code.MALFORMED),
        (b'{"name": "eve", "answers": {"": {"type": 5}}}', None, Code.SCHEMA),
        (b'{"name": "eve", "answers": {"": {"$ref": "http://example.org/s"}}}', None, Code.SCHEMA),
        (b'{"name": "eve", "answers": {"": {"$ref": "#"}}}', None, Code.SCHEMA),
        (b'{"name": "eve", "answers": {"": {"pattern": "(a+)+$"}}}', None, Code.SCHEMA),
        (b'{"name": "eve", "answers": {"": {"enum": [%s1]}}}' % (b"1," * 5_000), None, Code.SCHEMA),
    ],
)
async def test_cards_that_are_not_taken(card, where, code):
    broker = InProcess()
    async with serving(broker) as server, Peer(broker, "ann") as ann, Peer(broker, "eve", enter=False) as eve:
        await eve.raw("card", card, who=where, retain=True)
        await until(lambda: server.guard.refusals == {code: 1})
        if where is None:
            assert (await eve.hears(Refused)).code is code
        assert [agent.name for agent in server.presence().agents] == ["ann"]
        await still_serves(server, ann)


async def test_a_schema_that_doubles_with_every_level_is_refused():
    doubling = {f"l{n}": {"anyOf": [{"$ref": f"#/$defs/l{n + 1}"}] * 2} for n in range(40)} | {"l40": {}}
    answers = {"": {"$ref": "#/$defs/l0", "$defs": doubling}}
    broker = InProcess()
    async with serving(broker) as server, Peer(broker, "ann") as ann, Peer(broker, "eve", enter=False) as eve:
        await eve.show(Card(name="eve", answers=answers))
        assert (await eve.hears(Refused)).code is Code.SCHEMA
        await still_serves(server, ann)


@pytest.mark.parametrize("name", ["a/b", "+", "#", "a+b", "a#", "$SYS", "", "\u0430nn", "ann\n", "server", "x" * 65])
async def test_a_name_cannot_be_a_topic(name):
    broker = InProcess()
    async with serving(broker) as server, Peer(broker, "ann") as ann:
        for owner, agent in (("public", name), (name, "ann")):
            delivered = ann.topics.of(Address(owner, agent), "out")
            if "+" not in delivered and "#" not in delivered:  # no broker lets those be published
                await ann.transport.publish(delivered, told(sender="ann"))
        await still_serves(server, ann)
        assert server.messages == 1


async def test_results_of_another_are_refused_and_change_nothing(broker):
    async with (
        serving(broker) as server,
        Peer(broker, "ann") as ann,
        Peer(broker, "bob") as bob,
        Peer(broker, "eve") as eve,
    ):
        await ann.say(Task, task_id="t", to="bob")
        await bob.hears(Task)
        assert (await eve.ask(Refused, Result, task_id="t", output="mine")).code is Code.SENDER
        await bob.say(Result, task_id="t", output="bob's")
        assert (await ann.hears(Result)).output == "bob's"
        await still_serves(server, ann, bob, eve)


async def test_nobody_speaks_in_a_group_that_it_is_not_in(broker):
    async with (
        serving(broker) as server,
        Peer(broker, "ann", speaks=True) as ann,
        Peer(broker, "bob", speaks=True) as bob,
        Peer(broker, "eve", speaks=True) as eve,
    ):
        group = await ann.ask(Launched, Launch, goal="x", members=("bob",))
        await ann.hears(Floor)
        assert (await eve.ask(Refused, Say, comm_id=group.comm_id, content="listen to me")).code is Code.MEMBER
        await bob.hears(Joined)
        await ann.say(Say, comm_id=group.comm_id, content="hello", next_speaker="bob")
        assert (await bob.hears(Say)).content == "hello"
        assert not eve.heard
        await still_serves(server, ann, bob, eve)


async def test_refusals_are_not_answered_without_end():
    broker = InProcess()
    async with serving(broker) as server, Peer(broker, "ann") as ann, Peer(broker, "eve") as eve:
        for _ in range(500):
            await eve.raw("out", b"{")
        await until(lambda: server.guard.refusals[Code.MALFORMED] == 500)
        await until(lambda: len(eve.heard) >= 20)
        assert len(eve.heard) < 60
        eve.heard.clear()
        await eve.say(Refused, code=Code.BUSY, reason="no, you", reply_to="y")
        await eve.say(Ack, upto=2**53, again=True)
        await asyncio.sleep(0.05)
        assert len(eve.heard) < 5
        await still_serves(server, ann)


@pytest.mark.slow
async def test_one_owner_cannot_fill_the_registry():
    broker = InProcess()
    async with serving(broker) as server, Peer(broker, "ann") as ann, Peer(broker, "eve", enter=False, owner="eve"):
        for n in range(100_000):
            name = f"e{n}"
            delivered = ann.topics.of(Address("eve", name), "card")
            await ann.transport.publish(delivered, b'{"name": "%s", "owner": "eve"}' % name.encode())
        await until(lambda: server.guard.refusals[Code.BUSY] == 90_000)
        assert len(server.registry) == 10_001
        await still_serves(server, ann)


async def test_a_clock_that_is_far_ahead_does_not_stop_ours():
    broker = InProcess()
    async with serving(broker) as server, Peer(broker, "ann") as ann:
        await ann.ask(Found, Lookup, logical=2**53)
        found = await ann.ask(Found, Lookup, logical=2**40)
        assert 2**40 < found.logical < 2**41
        await still_serves(server, ann)


async def test_an_owner_keeps_its_name_until_it_takes_the_card_away(broker):
    async with (
        serving(broker) as server,
        Peer(broker, "ann") as ann,
        Peer(broker, "ann", owner="eve", enter=False) as eve,
    ):
        await eve.show(Card(name="ann", owner="eve"))
        refused = await eve.hears(Refused)
        assert (refused.code, "public" in refused.reason) == (Code.NAME, True)
        await eve.raw("card", b"", retain=True)  # takes nothing of ann's away
        await still_serves(server, ann)
        await ann.raw("card", b"", retain=True)
        await until(lambda: "ann" not in server.registry)
        await eve.show(Card(name="ann", owner="eve"))
        await eve.hears(Registered)
