"""Speakers on the wire: real server, real hosts, the transport of one process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from townsquare.agents.speakers.chair import Chair
from townsquare.agents.speakers.colleague import Colleague
from townsquare.agents.speakers.plan import Step
from townsquare.agents.speakers.scripted import Scripted
from townsquare.agents.speakers.team_up import ByPlan
from townsquare.memory.embedders.hashing import Hashing
from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.conversation import Move
from townsquare.protocols.ioa.host import Host, Member
from townsquare.protocols.ioa.messages import Ended, Task
from townsquare.protocols.ioa.rules import Rules
from townsquare.protocols.ioa.server import Server
from townsquare.protocols.ioa.vocabulary import Type
from townsquare.protocols.streams import Streams
from townsquare.protocols.transports.in_process import InProcess


class Does:
    """Works for a moment, and says so."""

    def __init__(self, says: Any = "done", seconds: float = 0.0) -> None:
        self.says, self.seconds = says, seconds

    async def run(self, task: Task) -> Any:
        await asyncio.sleep(self.seconds)
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


class Town:
    """A server, and a host per agent."""

    def __init__(self, server: Server, broker: InProcess, stack: AsyncExitStack) -> None:
        self.server, self.broker, self.stack = server, broker, stack

    async def join(self, name: str, agent: Any, *capabilities: str) -> Member:
        host = await self.stack.enter_async_context(Host(self.broker, f"host-{name}"))
        card = Card(name=name, capabilities=capabilities, speaks=isinstance(agent, Colleague))
        member = await host.join(card, agent)
        if isinstance(agent, Colleague):
            agent.voice = member
        return member

    async def hold(self, opener: Member, *members: str, **more: Any) -> Ended:
        async with asyncio.timeout(20):
            group = await opener.launch("find out", members, **more)
            return await opener.ended(group.comm_id)


@asynccontextmanager
async def town(**rules: Any) -> AsyncIterator[Town]:
    broker = InProcess()
    embedder = Hashing(Hashing.Config(), Streams(0))
    async with Server(broker, rules=Rules(**rules), embedder=embedder) as server, AsyncExitStack() as stack:
        yield Town(server, broker, stack)
    assert server.faults == 0


async def test_check_2_all_five_states_over_the_wire() -> None:
    ann = Scripted([Move(Type.DISCUSSION, "ben?", ("ben",)), Move(Type.CONCLUSION, "all is known")])
    ben = Scripted(
        [
            Move(Type.SYNC_TASK, "first this", ("tool",)),
            Move(Type.ASYNC_TASK, "then that", ("tool", "work"), task_id="that"),
            Move(Type.PAUSE, triggers=("that.1", "that.2")),
            Move(Type.DISCUSSION, "here it is", ("ann",)),
        ]
    )
    async with town() as here:
        opener = await here.join("ann", Colleague(ann))
        other = await here.join("ben", Colleague(ben))
        await here.join("tool", Does(1))
        await here.join("work", Does({"found": 2}, 0.05))
        ended = await here.hold(opener, "ben", "tool", "work")
        assert (ended.status, ended.conclusion) == ("concluded", "all is known")
        flow = here.server.groups[ended.comm_id]
        assert [(task.assignee, task.output) for task in flow.tasks] == [
            ("tool", 1), ("tool", 1), ("work", {"found": 2}),
        ]  # fmt: skip
        assert flow.turns == 6
        assert flow.passed_over == {}
        states = [row["state"] for row in here.server.journal.entries() if row["what"] == "group"]
        assert list(dict.fromkeys(states)) == ["discussion", "sync", "async", "paused", "conclusion"]
        async with asyncio.timeout(5):
            await other.ended(ended.comm_id)
        heard = other.conversations[ended.comm_id]
        assert [say.content for say in heard.said if say.sender == "ann"] == ["ben?", "all is known"]
        assert {task_id: one.output for task_id, one in heard.results.items()} == {
            "that.1": 1, "that.2": {"found": 2}, next(iter(flow.tasks)).task_id: 1,
        }  # fmt: skip


@pytest.mark.parametrize("waits", ["for each", "at the end"])
async def test_a_chair_leads_and_says_what_failed(waits: str) -> None:
    plan = (Step(capability="find"), Step(capability="judge"))
    chair = Chair(Chair.Config.model_validate({"waits": waits}), plan)
    async with town() as here:
        opener = await here.join("chair", Colleague(chair))
        await here.join("finder", Does("three articles", 0.05), "find")
        await here.join("judge", Does(ValueError("too few")), "judge")
        ended = await here.hold(opener, "judge", "finder")
    assert (ended.status, ended.conclusion) == ("concluded", "finder: three articles\njudge: no result (too few)")


async def test_a_team_below_a_team_and_no_deeper() -> None:
    """The root may go one level deep: the lead calls its own team, whose lead then has to work alone."""
    async with town(max_depth=1) as here:
        opener = await here.join("root", Colleague(Chair()))
        deeper = ByPlan([Step(capability="dig")])
        await here.join("lead", Colleague(Chair(), Does("never"), ByPlan([Step(capability="read")])))
        await here.join("reader", Colleague(Chair(), Does("read alone"), deeper), "read")
        await here.join("digger", Does("dug"), "dig")
        ended = await here.hold(opener, "lead")
        assert (ended.status, ended.conclusion) == ("concluded", "lead: reader: read alone")
        groups = here.server.groups
        assert [groups.level(flow.comm_id) for flow in groups.tree(ended.comm_id)] == [0, 1]
        assert groups.channels(ended.comm_id) == 2 < groups.flat(ended.comm_id) == 3
        deep = await here.hold(opener, "lead", team_up_depth=0)
        assert deep.conclusion == "lead: never"


async def test_a_member_that_goes_away_in_the_middle_of_a_task() -> None:
    async with town(turn_seconds=0.3) as here:
        opener = await here.join("chair", Colleague(Chair()))
        await here.join("quick", Does("here"))
        host = Host(here.broker, "host-slow")
        await host.__aenter__()
        await host.join(Card(name="slow"), Does("late", 60))

        async def go() -> None:
            await asyncio.sleep(0.2)
            await host.__aexit__()

        going = asyncio.create_task(go())
        ended = await here.hold(opener, "quick", "slow")
        await going
    assert ended.status == "concluded"
    assert ended.conclusion.startswith("quick: here\nslow: no result (")


async def test_speakers_that_say_nothing_are_a_deadlock_that_is_reported() -> None:
    class Mute:
        async def speak(self, turn: Any) -> Move:
            raise ValueError("no words")

    async with town(turn_seconds=0.1) as here:
        opener = await here.join("ann", Colleague(Mute()))
        await here.join("ben", Colleague(Mute()))
        ended = await here.hold(opener, "ben")
        assert ended.status == "deadlock"
        assert here.server.groups[ended.comm_id].passed_over == {"ann": 1, "ben": 1}
