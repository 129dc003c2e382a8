"""Tasks from one agent to another: limits, lines, time-outs, cancelling, absences; nothing is done twice."""

import asyncio

import pytest

from tests.protocols.ioa.wire import Peer, until
from townsquare.protocols.ioa import serving_tasks
from townsquare.protocols.ioa.cards import Limits
from townsquare.protocols.ioa.messages import Cancel, Progress, Refused, Result, Task
from townsquare.protocols.ioa.rules import Rules
from townsquare.protocols.ioa.server import Server
from townsquare.protocols.ioa.vocabulary import Code, TaskStatus
from townsquare.protocols.transports.in_process import InProcess

SQUARE = {"type": "object", "properties": {"square": {"type": "integer"}}, "required": ["square"]}


async def test_a_task_goes_there_and_its_result_back(broker):
    async with Server(broker) as server, Peer(broker, "ann") as ann, Peer(broker, "bob") as bob:
        said = await ann.say(Task, task_id="t", to="bob", description="add", input=[1, 2], capability="sums", trace="x")
        task = await bob.hears(Task)
        assert (task.assigner, task.description, task.input, task.capability) == ("ann", "add", [1, 2], "sums")
        assert (task.trace, task.seconds, task.id) == ("x", bob.card.limits.seconds, said.id)
        await bob.say(Progress, task_id="t", note="half")
        assert (await ann.hears(Progress)).note == "half"
        await bob.say(Result, task_id="t", output=3)
        result = await ann.hears(Result)
        assert (result.output, result.sender, result.reply_to) == (3, "bob", said.id)
        assert server.tasks.ended == {TaskStatus.COMPLETED: 1}
        assert server.faults == 0


async def test_at_most_as_many_at_a_time_as_the_card_says_and_then_in_order():
    broker = InProcess()
    two = Limits(parallel=2)
    async with Server(broker) as server, Peer(broker, "ann") as ann, Peer(broker, "bob", limits=two) as bob:
        for n in range(5):
            await ann.say(Task, task_id=f"t{n}", to="bob")
        await until(lambda: server.tasks.waiting("bob") == 3)
        assert [(await bob.hears(Task)).task_id for _ in range(2)] == ["t0", "t1"]
        assert server.tasks.running("bob") == 2
        for n in (1, 0, 2, 3, 4):
            await bob.say(Result, task_id=f"t{n}", output=n)
        assert [(await bob.hears(Task)).task_id for _ in range(3)] == ["t2", "t3", "t4"]
        assert [(await ann.hears(Result)).output for _ in range(5)] == [1, 0, 2, 3, 4]
        assert len(server.tasks) == 0


async def test_a_full_line_says_that_it_is_busy(monkeypatch):
    monkeypatch.setattr(serving_tasks, "LINE", 3)
    broker = InProcess()
    async with Server(broker), Peer(broker, "ann") as ann, Peer(broker, "bob"):
        for n in range(5):
            await ann.say(Task, task_id=f"t{n}", to="bob")
        refused = await ann.hears(Refused)
        assert (refused.code, "wait for bob" in refused.reason) == (Code.BUSY, True)


async def test_a_task_that_takes_too_long_times_out_and_the_result_comes_too_late():
    broker = InProcess()
    async with Server(broker) as server, Peer(broker, "ann") as ann, Peer(broker, "bob") as bob:
        await ann.say(Task, task_id="t", to="bob", seconds=0.05)
        await bob.hears(Task)
        result = await ann.hears(Result)
        assert (result.status, result.error) == (TaskStatus.TIMED_OUT, "no result within 0.05 s")
        assert (await bob.hears(Cancel)).task_id == "t"
        assert (await bob.ask(Refused, Result, task_id="t", output=1)).code is Code.LATE
        assert server.tasks.ended == {TaskStatus.TIMED_OUT: 1}


async def test_nothing_takes_longer_than_the_rules_allow():
    broker = InProcess()
    async with Server(broker, rules=Rules(task_seconds=0.05)), Peer(broker, "ann") as ann, Peer(broker, "bob") as bob:
        await ann.say(Task, task_id="t", to="bob", seconds=5_000)
        assert (await bob.hears(Task)).seconds == 0.05
        assert (await ann.hears(Result)).status is TaskStatus.TIMED_OUT


async def test_its_assigner_may_cancel_a_task_and_nobody_else():
    broker = InProcess()
    async with Server(broker), Peer(broker, "ann") as ann, Peer(broker, "bob") as bob:
        await ann.say(Task, task_id="t", to="bob")
        await bob.hears(Task)
        assert (await bob.ask(Refused, Cancel, task_id="t")).code is Code.SENDER
        await ann.say(Cancel, task_id="t", reason="never mind")
        assert (await bob.hears(Cancel)).reason == "never mind"
        assert (await ann.hears(Result)).status is TaskStatus.CANCELLED
        assert (await ann.ask(Refused, Cancel, task_id="t")).code is Code.LATE
        assert (await ann.ask(Refused, Cancel, task_id="u")).code is Code.UNKNOWN


async def test_a_task_for_nobody_is_refused_with_a_suggestion():
    broker = InProcess()
    async with Server(broker), Peer(broker, "ann") as ann, Peer(broker, "bobby"):
        refused = await ann.ask(Refused, Task, task_id="t", to="boby")
        assert (refused.code, "Did you mean 'bobby'?" in refused.reason) == (Code.UNKNOWN, True)
        assert (await ann.ask(Refused, Task, task_id="t")).code is Code.UNKNOWN


async def test_a_result_is_kept_for_whoever_asks_again():
    broker = InProcess()
    async with Server(broker) as server, Peer(broker, "ann") as ann, Peer(broker, "bob") as bob:
        await ann.say(Task, task_id="t", to="bob")
        await bob.hears(Task)
        await ann.say(Task, task_id="t", to="bob")  # under way: nothing happens
        await bob.say(Result, task_id="t", output="done")
        await ann.hears(Result)
        assert (await ann.ask(Result, Task, task_id="t", to="bob")).output == "done"
        assert not [message for message in bob.heard if isinstance(message, Task)]
        assert (await bob.ask(Refused, Task, task_id="t", to="ann")).code is Code.DUPLICATE
        assert server.tasks.ended.total() == 1


async def test_a_result_said_twice_counts_once():
    broker = InProcess()
    async with Server(broker) as server, Peer(broker, "ann") as ann, Peer(broker, "bob") as bob:
        await ann.say(Task, task_id="t", to="bob")
        await bob.hears(Task)
        await bob.say(Result, task_id="t", output=1)
        await bob.say(Result, task_id="t", output=2)
        assert (await ann.hears(Result)).output == 1
        await until(lambda: server.guard.refusals[Code.DUPLICATE] == 1)
        await asyncio.sleep(0.02)
        assert not ann.heard
        assert not bob.heard


async def test_a_result_must_hold_to_the_card(broker):
    async with Server(broker) as server, Peer(broker, "ann") as ann, Peer(broker, "bob", answers={"": SQUARE}) as bob:
        for task_id, output in (("bad", {"square": "four"}), ("good", {"square": 4})):
            await ann.say(Task, task_id=task_id, to="bob")
            await bob.hears(Task)
            await bob.say(Result, task_id=task_id, output=output)
        bad, good = await ann.hears(Result), await ann.hears(Result)
        assert (bad.status, bad.output, "'four' is not of type 'integer'" in bad.error) == (
            TaskStatus.FAILED,
            None,
            True,
        )
        assert (good.status, good.output) == (TaskStatus.COMPLETED, {"square": 4})
        assert (await bob.hears(Refused)).code is Code.SCHEMA
        assert server.guard.refusals == {Code.SCHEMA: 1}


async def test_sizes_are_those_that_the_cards_allow():
    broker = InProcess()
    small = Limits(bytes=2_048)
    async with Server(broker), Peer(broker, "ann", limits=small) as ann, Peer(broker, "bob", limits=small) as bob:
        refused = await ann.ask(Refused, Task, task_id="t", to="bob", description="x" * 3_000)
        assert (refused.code, "bob takes 2,048" in refused.reason) == (Code.OVERSIZE, True)
        await ann.say(Task, task_id="u", to="bob")
        await bob.hears(Task)
        await bob.say(Result, task_id="u", output="x" * 3_000)
        result = await ann.hears(Result)
        assert (result.status, "ann takes 2,048" in result.error) == (TaskStatus.FAILED, True)


async def test_an_agent_may_refuse_a_task():
    broker = InProcess()
    async with Server(broker), Peer(broker, "ann") as ann, Peer(broker, "bob") as bob:
        await ann.say(Task, task_id="t", to="bob")
        task = await bob.hears(Task)
        await bob.say(Refused, reply_to=task.id, code=Code.BUSY, reason="at lunch")
        result = await ann.hears(Result)
        assert (result.status, result.error) == (TaskStatus.FAILED, "refused by bob: busy: at lunch")


@pytest.mark.parametrize("when", ["before", "during"])
async def test_a_task_waits_for_an_agent_that_is_away(broker, when):
    async with Server(broker) as server, Peer(broker, "ann") as ann, Peer(broker, "bob") as bob:
        if when == "before":
            await bob.vanish()
            await until(lambda: not server.registry.is_here("bob"))
        await ann.say(Task, task_id="t", to="bob")
        if when == "during":
            await bob.hears(Task)
            await bob.vanish()
        await until(lambda: not server.registry.is_here("bob") and len(server.tasks) == 1)
        await bob.back()
        assert (await bob.hears(Task)).task_id == "t"
        await bob.say(Result, task_id="t", output="done")
        assert (await ann.hears(Result)).output == "done"
        assert not bob.heard


async def test_who_leaves_for_good_fails_its_tasks_and_drops_those_it_wanted():
    broker = InProcess()
    async with Server(broker), Peer(broker, "ann") as ann, Peer(broker, "bob") as bob:
        await ann.say(Task, task_id="t", to="bob")
        await ann.say(Task, task_id="u", to="bob")
        await bob.say(Task, task_id="v", to="ann")
        await ann.hears(Task)
        await bob.raw("card", b"", retain=True)
        errors = {(result.task_id, result.error) for result in [await ann.hears(Result), await ann.hears(Result)]}
        assert errors == {("t", "'bob' has left"), ("u", "'bob' has left")}
        assert (await ann.hears(Cancel)).task_id == "v"
