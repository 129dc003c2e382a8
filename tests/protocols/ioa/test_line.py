"""A connection in a thread of its own."""

import asyncio
import threading
import time
from typing import Any

import pytest

from townsquare.protocols.errors import InputError
from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.host import Host
from townsquare.protocols.ioa.line import Line
from townsquare.protocols.ioa.server import Server
from townsquare.protocols.ioa.vocabulary import TaskStatus
from townsquare.protocols.transports.in_process import InProcess


class Adder:
    async def run(self, task: Any) -> Any:
        return sum(task.input)


async def test_tasks_go_through_it_while_the_program_computes() -> None:
    broker = InProcess()
    async with Server(broker), Host(broker, "adder") as host:
        await host.join(Card(name="adder", capabilities=("add",)), Adder())
        line = Line(broker, Card(name="town"))
        await asyncio.to_thread(line.open)
        try:
            result = await line.assign("adder", capability="add", input=[1, 2], seconds=5)
            assert (result.status, result.output) == (TaskStatus.COMPLETED, 3)
            found = await line.lookup(["adder", "nobody"])
            assert [match.card.name for match in found or ()] == ["adder"]
            waits = line.member.assign("adder", capability="add", input=[2, 2], seconds=5)
            assert (await asyncio.to_thread(line.wait, waits)).output == 4
            assert line.max_bytes >= 200_000
            late = await line.assign("nobody", capability="add", input=[], seconds=0.2)
            assert late.status in (TaskStatus.FAILED, TaskStatus.TIMED_OUT)
        finally:
            await asyncio.to_thread(line.close)
        line.close()
        assert not [thread for thread in threading.enumerate() if thread.name == "townsquare-line"]


async def test_where_nobody_serves_a_sentence_says_so() -> None:
    line = Line(InProcess(), Card(name="town"), patience=0.2)
    began = time.monotonic()
    with pytest.raises(InputError, match=r"nobody answers on this process \(root 'townsquare'\) within 0.2 s; is"):
        await asyncio.to_thread(line.open)
    assert time.monotonic() - began < 8


async def test_a_name_that_is_taken_is_a_sentence() -> None:
    broker = InProcess()
    async with Server(broker), Host(broker, "other", owner="bob") as host:
        await host.join(Card(name="town"), Adder())
        with pytest.raises(InputError, match="town"):
            await asyncio.to_thread(Line(broker, Card(name="town")).open)


async def test_what_still_waits_is_called_off() -> None:
    class Sleeper:
        async def run(self, task: Any) -> Any:
            await asyncio.sleep(3600)

    broker = InProcess()
    async with Server(broker), Host(broker, "sleeper") as host:
        await host.join(Card(name="sleeper"), Sleeper())
        line = Line(broker, Card(name="town"))
        await asyncio.to_thread(line.open)
        waits = asyncio.create_task(line.assign("sleeper", capability="", input=None, seconds=60))
        await asyncio.sleep(0.2)
        await asyncio.to_thread(line.close)
        (ended,) = await asyncio.gather(waits, return_exceptions=True)
        assert isinstance(ended, asyncio.CancelledError) or ended.status is TaskStatus.CANCELLED
