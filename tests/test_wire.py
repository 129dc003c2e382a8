"""A thousand agents on a real broker that is ended twice in the middle: nothing is lost, nothing is done twice."""

import asyncio
import signal
from collections import Counter
from contextlib import AsyncExitStack
from random import Random

import pytest

from townsquare.protocols.ioa.cards import Card, Limits
from townsquare.protocols.ioa.host import Host
from townsquare.protocols.ioa.server import Server
from townsquare.protocols.ioa.vocabulary import TaskStatus
from townsquare.testing.mosquitto import Mosquitto, program

HOSTS, UNDER_WAY = 4, 400

pytest.importorskip("aiomqtt")
pytestmark = pytest.mark.skipif(program() is None, reason="mosquitto is not installed")


class Echo:
    """Gives back what it gets, and counts who asked for what."""

    def __init__(self, done):
        self.done = done

    async def run(self, task):
        self.done[task.task_id] += 1
        await asyncio.sleep(0)
        return task.input


async def exchange(broker, agents, tasks, breaks):
    """``tasks`` tasks between ``agents`` agents, with the broker ended as ``breaks`` says; who did what how often."""
    done, answered, random = Counter(), Counter(), Random(7)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(Server(broker.url))
        hosts = [await stack.enter_async_context(Host(broker.url, f"house-{n}")) for n in range(HOSTS)]

        async def fill(number):
            card = Card(name="x", limits=Limits(parallel=8, seconds=120))
            names = [f"agent-{number}-{n}" for n in range(agents // HOSTS)]
            return [await hosts[number].join(card.model_copy(update={"name": name}), Echo(done)) for name in names]

        members = [one for some in await asyncio.gather(*map(fill, range(HOSTS))) for one in some]
        gate, loop = asyncio.Semaphore(UNDER_WAY), asyncio.get_running_loop()

        async def ask(number):
            one, other = random.sample(members, 2)
            async with gate:
                result = await one.assign(other.card.name, input=number, task_id=f"task-{number}", seconds=120)
            assert (result.status, result.output) == (TaskStatus.COMPLETED, number), result.error
            answered[result.task_id] += 1

        async def end_it():
            for share, how in breaks:
                while len(answered) < share * tasks:
                    await asyncio.sleep(0.05)
                await asyncio.to_thread(broker.restart, how)

        start = loop.time()
        await asyncio.gather(end_it(), *map(ask, range(tasks)))
        presence, repeated = server.presence(), [host.transport.breaks for host in hosts]
        print(f"\n{tasks / (loop.time() - start):,.0f} tasks/s; repeated {presence.repeated}; breaks {repeated}")
    return done, answered, presence, repeated


@pytest.mark.slow
async def test_a_few_tasks_and_two_restarts(tmp_path):
    breaks = [(0.3, signal.SIGTERM), (0.6, signal.SIGKILL)]
    with Mosquitto(tmp_path / "mosquitto") as broker:
        done, answered, presence, broken = await exchange(broker, 40, 600, breaks)
    assert set(done.values()) == set(answered.values()) == {1}
    assert len(done) == len(answered) == 600
    assert min(broken) >= 1
    assert presence.faults == 0


@pytest.mark.slow
async def test_a_thousand_agents_and_a_hundred_thousand_messages(tmp_path):
    """Tasks and results pass two lines each: 25,000 tasks are 100,000 messages (and half as many of progress)."""
    breaks = [(0.3, signal.SIGTERM), (0.6, signal.SIGKILL)]
    with Mosquitto(tmp_path / "mosquitto") as broker:
        done, answered, presence, broken = await exchange(broker, 1_000, 25_000, breaks)
    assert set(done.values()) == set(answered.values()) == {1}
    assert len(done) == len(answered) == 25_000
    assert broken == [2] * HOSTS
    assert presence.faults == 0
    assert presence.messages >= 75_000
