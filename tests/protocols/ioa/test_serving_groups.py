"""Groups over the wire: who is told what, in which order, and what the journal makes of it."""

import asyncio

import pytest

from tests.protocols.ioa.wire import Peer, until
from townsquare.protocols.ioa import serving_groups
from townsquare.protocols.ioa.cards import Limits
from townsquare.protocols.ioa.journal import Journal, read
from townsquare.protocols.ioa.messages import (
    Cancel,
    Ended,
    Floor,
    Joined,
    Launch,
    Launched,
    Progress,
    Refused,
    Result,
    Say,
    Task,
    Usage,
)
from townsquare.protocols.ioa.replay import records
from townsquare.protocols.ioa.rules import Rules
from townsquare.protocols.ioa.server import Server
from townsquare.protocols.ioa.vocabulary import Code, TaskStatus, Type
from townsquare.protocols.transports.in_process import InProcess


async def opened(opener, *others, **fields):
    launched = await opener.ask(Launched, Launch, goal="agree", members=[other.name for other in others], **fields)
    for member in (opener, *others):
        assert (await member.hears(Joined)).comm_id == launched.comm_id
    await opener.hears(Floor)
    return launched.comm_id


async def test_a_whole_conversation_and_the_same_from_the_journal(broker, tmp_path):
    journal = Journal(tmp_path / "journal")
    async with (
        Server(broker, journal=journal) as server,
        Peer(broker, "ann", speaks=True) as ann,
        Peer(broker, "bob", speaks=True) as bob,
        Peer(broker, "cat") as cat,
    ):
        launched = await ann.ask(Launched, Launch, goal="agree", members=("bob", "cat"), max_turns=9, team_up_depth=1)
        comm_id = launched.comm_id
        joined = await cat.hears(Joined)
        assert [card.name for card in joined.members] == ["ann", "bob", "cat"]
        assert (joined.goal, joined.max_turns, joined.team_up_depth) == ("agree", 9, 1)
        floor = await ann.hears(Floor)
        assert (floor.turn, floor.must_conclude) == (0, False)
        said = await ann.say(Say, comm_id=comm_id, content="hello", next_speaker="bob", usage=Usage(communication=7))
        for other in (bob, cat):
            heard = await other.hears(Say)
            assert (heard.id, heard.sender, heard.content) == (said.id, "ann", "hello")
        await bob.hears(Floor)
        await bob.say(Say, comm_id=comm_id, type=Type.SYNC_TASK, next_speaker=("cat",), task_desc="count")
        task = await cat.hears(Task)
        assert (task.assigner, task.description, task.comm_id) == ("bob", "count", comm_id)
        await cat.say(Progress, task_id=task.task_id)
        await cat.say(Result, task_id=task.task_id, output=[1, 2], usage=Usage(work=5))
        inform = await ann.hears(Say, lambda say: say.type is Type.TASK_RESULT)
        assert (inform.sender, inform.task_output, inform.task_status) == ("cat", [1, 2], TaskStatus.COMPLETED)
        await bob.hears(Floor)
        await bob.say(Say, comm_id=comm_id, type=Type.CONCLUDE, content="so")
        assert (await bob.hears(Floor)).must_conclude
        await bob.say(Say, comm_id=comm_id, type=Type.CONCLUSION, content="two")
        for member in (ann, bob, cat):
            ended = await member.hears(Ended)
            assert (ended.status, ended.conclusion) == ("concluded", "two")
        assert not [say for say in ann.heard if isinstance(say, Say) and say.sender == "ann"]
        record = server.groups[comm_id].record()
        assert server.meter.group(comm_id).work == 5
        assert (inform.usage, record.tasks[0].usage) == (Usage(work=5), Usage(work=5))
        assert server.meter.agent("ann").communication == 7
        assert server.faults == 0
        tables = journal.tables()
    assert records(read(tmp_path / "journal")) == {comm_id: record}
    assert tables["groups"].to_pylist()[0]["conclusion"] == "two"
    assert [(row["status"], row["work"]) for row in tables["tasks"].to_pylist()] == [("completed", 5)]
    assert [row["event"] for row in tables["turns"].to_pylist()] == [
        *["start", "say", "say", "progress", "result", "say", "say"]
    ]
    assert [row["floor"] for row in tables["turns"].to_pylist()] == ["ann", "bob", None, None, "bob", "bob", None]


async def test_moves_that_the_flow_does_not_take_are_refused_with_their_code():
    broker = InProcess()
    async with (
        Server(broker) as server,
        Peer(broker, "ann", speaks=True) as ann,
        Peer(broker, "bob", speaks=True) as bob,
        Peer(broker, "eve", speaks=True) as eve,
    ):
        comm_id = await opened(ann, bob)
        assert (await bob.ask(Refused, Say, comm_id=comm_id)).code is Code.FLOOR
        assert (await eve.ask(Refused, Say, comm_id=comm_id)).code is Code.MEMBER
        assert (await ann.ask(Refused, Say, comm_id="nowhere")).code is Code.UNKNOWN
        assert (await ann.ask(Refused, Say, comm_id=comm_id, type=Type.VOTE)).code is Code.STATE
        assert (await ann.ask(Refused, Launch, goal="x", members=("nobody",))).code is Code.UNKNOWN
        assert (await eve.ask(Refused, Launch, goal="x", parent=comm_id)).code is Code.MEMBER
        big = {"comm_id": comm_id, "content": "x" * 9_000}
        async with Peer(broker, "tiny", limits=Limits(bytes=8_192)):
            refused = await ann.ask(Refused, Launch, goal="x" * 9_000, members=("tiny",))
            assert refused.code is Code.OVERSIZE
            tight = (await ann.ask(Launched, Launch, goal="x", members=("tiny",))).comm_id
            assert (await ann.ask(Refused, Say, **big | {"comm_id": tight})).code is Code.OVERSIZE
        await ann.say(Say, comm_id=comm_id, type=Type.CONCLUSION, content="done")
        await bob.hears(Ended)
        assert (await ann.ask(Refused, Say, comm_id=comm_id)).code is Code.STATE
        assert server.faults == 0


async def test_silence_is_passed_over_and_ends_in_a_deadlock_that_is_told():
    broker = InProcess()
    async with (
        Server(broker, rules=Rules(turn_seconds=0.05)),
        Peer(broker, "ann", speaks=True) as ann,
        Peer(broker, "bob", speaks=True) as bob,
    ):
        await opened(ann, bob)
        await bob.hears(Floor)
        ended = await ann.hears(Ended)
        assert ended.status == "deadlock"
        assert ended.conclusion  # says why


async def test_a_group_task_that_times_out_is_cancelled_at_its_assignee():
    broker = InProcess()
    async with Server(broker) as server, Peer(broker, "ann", speaks=True) as ann, Peer(broker, "bob") as bob:
        comm_id = await opened(ann, bob)
        await ann.say(Say, comm_id=comm_id, type=Type.SYNC_TASK, next_speaker="bob", task_seconds=0.05, content="do")
        task = await bob.hears(Task)
        assert (await bob.hears(Cancel)).task_id == task.task_id
        await ann.hears(Floor)
        assert (await bob.ask(Refused, Result, task_id=task.task_id)).code is Code.LATE
        assert (len(server.tasks), server.faults) == (0, 0)


async def test_disconnected_in_the_middle_of_a_task_and_back_in_time(broker):
    async with Server(broker) as server, Peer(broker, "ann", speaks=True) as ann, Peer(broker, "bob") as bob:
        comm_id = await opened(ann, bob)
        await ann.say(Say, comm_id=comm_id, type=Type.ASYNC_TASK, next_speaker="bob", content="do")
        task = await bob.hears(Task)
        await bob.say(Progress, task_id=task.task_id)
        await ann.hears(Floor)
        await bob.vanish()
        await until(lambda: not server.registry.is_here("bob"))
        for word in ("one", "two", "three"):
            await ann.say(Say, comm_id=comm_id, content=word)
            await ann.hears(Floor)
        bob.heard.clear()
        await bob.back()
        again = await bob.hears(Task)
        assert again.task_id == task.task_id
        assert [(await bob.hears(Say)).content for _ in range(3)] == ["one", "two", "three"]
        await bob.say(Result, task_id=task.task_id, output="done")
        assert (await ann.hears(Say, lambda say: say.type is Type.TASK_RESULT)).task_output == "done"
        await asyncio.sleep(0.05)
        assert not [message for message in bob.heard if isinstance(message, Say | Task)]
        assert server.faults == 0


@pytest.mark.parametrize("how", ["vanishes", "leaves"])
async def test_who_does_not_come_back_fails_and_the_group_goes_on(how):
    broker = InProcess()
    async with (
        Server(broker, rules=Rules(turn_seconds=0.1)) as server,
        Peer(broker, "ann", speaks=True) as ann,
        Peer(broker, "bob") as bob,
    ):
        comm_id = await opened(ann, bob)
        await ann.say(Say, comm_id=comm_id, type=Type.SYNC_TASK, next_speaker="bob", content="do")
        await bob.hears(Task)
        if how == "leaves":
            await bob.raw("card", b"", retain=True)
        else:
            await bob.vanish()
        informed = await ann.hears(Say)
        assert (informed.task_status, informed.task_conclusion) == (TaskStatus.FAILED, "left")
        await ann.hears(Floor)
        assert (len(server.tasks), server.faults) == (0, 0)


async def test_nested_groups_go_as_deep_as_allowed():
    broker = InProcess()
    async with (
        Server(broker, rules=Rules(max_depth=1)) as server,
        Peer(broker, "ann", speaks=True) as ann,
        Peer(broker, "bob", speaks=True) as bob,
    ):
        top = await opened(ann, bob)
        below = (await bob.ask(Launched, Launch, goal="part", members=("ann",), parent=top)).comm_id
        assert server.groups[below].team_up_depth == 0
        assert (await ann.ask(Refused, Launch, goal="more", parent=below)).code is Code.DEPTH


async def test_a_group_takes_those_below_it_along(tmp_path):
    """What they were for is not wanted any more; their tasks are called off, and the record comes out again."""
    broker = InProcess()
    async with (
        Server(broker, journal=Journal(tmp_path)) as server,
        Peer(broker, "ann", speaks=True) as ann,
        Peer(broker, "bob", speaks=True) as bob,
        Peer(broker, "cat") as cat,
    ):
        top = await opened(ann, bob)
        other = await opened(ann, bob)
        below = await opened(bob, cat, parent=top)
        lowest = await opened(bob, cat, parent=below)
        await bob.say(Say, comm_id=lowest, type=Type.SYNC_TASK, next_speaker="cat", content="count")
        task = await cat.hears(Task)
        await ann.say(Say, comm_id=top, type=Type.CONCLUSION, content="enough")
        assert {(await bob.hears(Ended)).comm_id for _ in range(3)} == {top, below, lowest}
        ended = {end.comm_id: end for end in [await cat.hears(Ended), await cat.hears(Ended)]}
        assert {(end.status, end.conclusion) for end in ended.values()} == {
            ("cancelled", "the group above it has ended")
        }
        assert (await cat.hears(Cancel)).task_id == task.task_id
        assert server.groups_ended == {"concluded": 1, "cancelled": 2}
        assert not server.groups[other].ended
        assert (len(server.tasks), server.faults) == (0, 0)
        stood = {flow.comm_id: flow.record() for flow in server.groups if flow.comm_id != other}
    again = records(read(tmp_path))
    assert {comm_id: again[comm_id] for comm_id in stood} == stood


async def test_groups_are_bounded(monkeypatch):
    monkeypatch.setattr(serving_groups, "OPEN", 2)
    monkeypatch.setattr(serving_groups, "ENDED", 3)
    broker = InProcess()
    async with Server(broker) as server, Peer(broker, "ann", speaks=True) as ann:
        for _ in range(2):
            await opened(ann)
        assert (await ann.ask(Refused, Launch, goal="x")).code is Code.BUSY
        for flow in list(server.groups):
            await ann.say(Say, comm_id=flow.comm_id, type=Type.CONCLUSION)
            await ann.hears(Ended)
        for _ in range(6):
            comm_id = await opened(ann)
            await ann.say(Say, comm_id=comm_id, type=Type.CONCLUSION)
            await ann.hears(Ended)
        assert len(server.groups) == 3
        assert server.groups_ended == {"concluded": 8}


async def test_an_assignee_that_takes_no_more_fails_its_task(monkeypatch):
    monkeypatch.setattr("townsquare.protocols.ioa.serving_tasks.LINE", 1)
    broker = InProcess()
    async with Server(broker) as server, Peer(broker, "ann", speaks=True) as ann, Peer(broker, "bob") as bob:
        await ann.say(Task, task_id="t", to="bob")
        await ann.say(Task, task_id="u", to="bob")
        await bob.hears(Task)
        comm_id = await opened(ann, bob)
        await ann.say(Say, comm_id=comm_id, type=Type.SYNC_TASK, next_speaker="bob", content="do")
        informed = await bob.hears(Say, lambda say: say.type is Type.SYNC_TASK)
        assert informed.sender == "ann"
        informed = await ann.hears(Say)
        assert (informed.task_status, "busy" in informed.task_conclusion) == (TaskStatus.FAILED, True)
        await ann.hears(Floor)
        assert server.faults == 0
