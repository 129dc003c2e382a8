"""One call at a time for each key."""

import asyncio

import pytest

from townsquare.agents.chat.flights import Flights


class Calls:
    def __init__(self) -> None:
        self.made = 0

    async def __call__(self) -> int:
        self.made += 1
        made = self.made
        await asyncio.sleep(0.01)
        return made


async def test_those_who_come_meanwhile_share_those_who_come_later_do_not() -> None:
    flights, calls = Flights[int](), Calls()
    assert await asyncio.gather(*(flights.once("key", calls) for _ in range(9))) == [1] * 9
    assert await flights.once("key", calls) == 2
    assert await asyncio.gather(flights.once("a", calls), flights.once("b", calls)) == [3, 4]


async def test_errors_are_shared() -> None:
    flights = Flights[int]()

    async def fail() -> int:
        await asyncio.sleep(0.01)
        raise ValueError("no")

    found = await asyncio.gather(*(flights.once("key", fail) for _ in range(3)), return_exceptions=True)
    assert [str(error) for error in found] == ["no"] * 3
    with pytest.raises(ValueError, match="no"):
        await flights.once("key", fail)


async def test_the_next_one_takes_over_when_the_first_is_cancelled() -> None:
    flights, calls = Flights[int](), Calls()
    waiting = [asyncio.ensure_future(flights.once("key", calls)) for _ in range(4)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    waiting[2].cancel()
    await asyncio.wait(waiting)
    assert [one.cancelled() for one in waiting] == [True, False, True, False]
    assert [waiting[n].result() for n in (1, 3)] == [2, 2]
    assert calls.made == 2
