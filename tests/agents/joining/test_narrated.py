"""What the owner of an agent is told."""

import asyncio

import pytest

from tests.agents.joining.tasks import task
from townsquare.agents.joining.function import Function
from townsquare.agents.joining.narrated import Narrated, short


async def test_a_line_per_task() -> None:
    said: list[str] = []
    agent = Narrated(Function(len), "counter", said.append)
    assert await agent.run(task("four", assigner="bob")) == 4
    assert said == ["counter: asked by bob: four: done in 0.0 s"]
    assert agent.done == 1


async def test_what_goes_wrong_is_told_and_raised_on() -> None:
    said: list[str] = []

    async def fails(text: str) -> None:
        if text == "wait":
            await asyncio.sleep(3600)
        raise ValueError("no\x1b[31m such\nthing")

    agent = Narrated(Function(fails), "counter", said.append)
    with pytest.raises(ValueError, match="such"):
        await agent.run(task("x"))
    waits = asyncio.create_task(agent.run(task("wait")))
    await asyncio.sleep(0)
    waits.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waits
    assert said == ["counter: asked: x: failed: no [31m such thing", "counter: asked: wait: called off"]
    assert agent.done == 0


def test_long_words_are_cut() -> None:
    assert len(short("word " * 100)) == 60
    assert short("a\n b") == "a b"
