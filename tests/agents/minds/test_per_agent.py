"""Cohorts of minds that think about one agent at a time."""

import asyncio

import numpy as np
import pytest

from tests.agents.minds.askers import shown
from townsquare.agents.minds.per_agent import PerAgent, together
from townsquare.protocols import Actions, Mind
from townsquare.protocols.errors import BudgetExceeded, RunStopped
from townsquare.protocols.observations import Observation


async def click(seen: Observation) -> Actions:
    """The later an agent comes, the sooner it answers."""
    await asyncio.sleep(0.002 * (15 - seen.agent))
    items = np.array(seen.items[: seen.limit])
    return Actions.of("click", np.full(len(items), seen.agent), items)


async def test_actions_come_in_the_order_of_the_agents() -> None:
    mind = PerAgent(click)
    actions = await mind.decide(shown([[1, 2, 3], [4, -1, -1], [5, 6, 7]]))
    assert list(zip(actions.agent.tolist(), actions.item.tolist(), strict=True)) == [
        (10, 1), (10, 2), (11, 4), (12, 5), (12, 6),
    ]  # fmt: skip
    assert isinstance(mind, Mind)


async def test_nobody() -> None:
    assert len(await PerAgent(click).decide(shown(np.zeros((0, 3), int).tolist()))) == 0
    assert await together([]) == []


async def test_everybody_thinks_at_the_same_time() -> None:
    everybody_here = asyncio.Barrier(5)

    async def think(seen: Observation) -> Actions:
        await everybody_here.wait()
        return Actions.concat([])

    await asyncio.wait_for(PerAgent(think).decide(shown([[1]] * 5)), 2)


async def test_calls_in_flight_are_waited_for_when_the_run_stops() -> None:
    done = []

    async def paid() -> None:
        await asyncio.sleep(0.01)
        done.append(1)

    async def spent() -> None:
        raise BudgetExceeded("the budget is spent.")

    with pytest.raises(RunStopped, match="spent"):
        await together([paid(), spent(), paid()])
    assert done == [1, 1]


async def test_any_other_error_calls_the_rest_off() -> None:
    done, left = [], []

    async def slow() -> None:
        try:
            await asyncio.sleep(5)
            done.append(1)
        except asyncio.CancelledError:
            left.append(1)
            raise

    async def broken() -> None:
        await asyncio.sleep(0.001)
        raise KeyError("a bug")

    with pytest.raises(KeyError, match="a bug"):
        await asyncio.wait_for(together([slow(), broken(), slow()]), 2)
    assert (done, left) == ([], [1, 1])


async def test_whoever_is_cancelled_cancels_all() -> None:
    left = []

    async def slow() -> None:
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            left.append(1)
            raise

    task = asyncio.ensure_future(together([slow(), slow()]))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert left == [1, 1]
