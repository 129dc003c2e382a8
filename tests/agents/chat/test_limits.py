"""Requests and tokens a minute."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from townsquare.agents.chat.limits import WINDOW, Limiter


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def limiter(clock: Clock, requests: int | None = None, tokens: int | None = None) -> Limiter:
    return Limiter(requests, tokens, clock=clock, sleep=clock.sleep)


async def test_without_limits_nobody_waits() -> None:
    clock = Clock()
    unlimited = limiter(clock)
    for _ in range(1000):
        await unlimited.admit(10**9)
    assert clock.now == 1000.0


async def test_requests_a_minute() -> None:
    clock = Clock()
    limited = limiter(clock, requests=3)
    at = [(await limited.admit()).at - 1000 for _ in range(7)]
    assert at == [0, 0, 0, 60, 60, 60, 120]


async def test_tokens_are_held_and_settled() -> None:
    clock = Clock()
    limited = limiter(clock, tokens=100)
    first = await limited.admit(90)
    assert limited.wait(20) == 60
    limited.settle(first, 30)
    assert limited.wait(70) == 0
    assert limited.wait(71) == 60


async def test_settling_after_the_minute_changes_nothing() -> None:
    clock = Clock()
    limited = limiter(clock, tokens=100)
    first = await limited.admit(90)
    clock.now += 61
    await limited.admit(50)
    limited.settle(first, 1000)
    assert limited.wait(50) == 0
    assert limited.wait(51) > 0


async def test_more_than_a_minute_allows_waits_for_an_empty_window() -> None:
    clock = Clock()
    limited = limiter(clock, tokens=100)
    await limited.admit(10)
    assert (await limited.admit(1000)).at == 1060
    assert (await limited.admit(10)).at == 1120


async def test_a_pause_stops_everybody_and_the_longest_counts() -> None:
    clock = Clock()
    unlimited = limiter(clock)
    unlimited.pause(5)
    unlimited.pause(2)
    assert unlimited.paused == 5
    await unlimited.admit()
    assert clock.now == 1005
    assert unlimited.paused == 0


async def test_first_come_first_served() -> None:
    limited = Limiter(tokens=100)
    order: list[int] = []

    async def come(number: int, tokens: int) -> None:
        await limited.admit(tokens)
        order.append(number)

    limited.pause(0.05)
    await asyncio.gather(*(come(number, tokens) for number, tokens in enumerate([60, 30, 5, 5])))
    assert order == [0, 1, 2, 3]


@given(
    st.lists(st.tuples(st.floats(0, 40), st.integers(0, 120), st.floats(0, 1)), max_size=60),
    st.integers(1, 8),
    st.integers(50, 200),
)
def test_no_minute_holds_more_than_it_may(calls: list[tuple[float, int, float]], requests: int, tokens: int) -> None:
    async def run() -> list[tuple[float, int]]:
        clock = Clock()
        limited = limiter(clock, requests, tokens)
        found = []
        for pause, held, share in calls:
            clock.now += pause
            admission = await limited.admit(held)
            took = int(held * share)
            found.append((admission.at, took, held))
            limited.settle(admission, took)
        return [(at, took if held <= tokens else 0) for at, took, held in found]

    found = asyncio.run(run())
    for start, _ in found:
        window = [took for at, took in found if start <= at < start + WINDOW - 1e-6]
        assert len(window) <= requests
        assert sum(window) <= tokens
