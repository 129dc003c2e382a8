"""What may be spent, and who waits."""

import asyncio
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from townsquare.agents.chat.budget import Meter, prompt_tokens
from townsquare.agents.chat.prices import Price, Prices
from townsquare.agents.chat.tape import Spent
from townsquare.protocols.chat import Message, Request
from townsquare.protocols.chat_settings import Budget
from townsquare.protocols.errors import BudgetExceeded, InputError

MODEL = "openai:gpt-4o-mini"
PRICES = Prices({MODEL: Price(usd_in=1.0, usd_out=2.0, date=date(2026, 1, 1))})


def request(words: int = 100, max_tokens: int = 50, model: str = MODEL) -> Request:
    """A prompt of about ``words`` tokens."""
    return Request(model, (Message("user", "four" * words),), max_tokens=max_tokens)


def test_prompt_tokens_count_every_part() -> None:
    assert prompt_tokens(request(100)) == 104
    assert prompt_tokens(Request(MODEL, (Message("user", "東京"), Message("user", "")), '{"a": 1}')) == 2 + 4 + 4 + 2


async def test_without_caps_nobody_waits_and_everything_is_counted() -> None:
    meter = Meter(Budget(), PRICES, Spent(1, 10, 20, 0.5))
    held = [await meter.reserve(request()) for _ in range(100)]
    for one in held:
        meter.settle(one, 100, 50)
    assert meter.spent == (101, 10_010, 5_020, pytest.approx(0.5 + 100 * 200e-6))


async def spend(meter: Meter, calls: int, used: tuple[int, int], *, wait: float = 0.001) -> tuple[int, int]:
    """``calls`` calls at once that use so many tokens: how many were made, how many refused."""

    async def one() -> bool:
        try:
            held = await meter.reserve(request())
        except BudgetExceeded:
            return False
        await asyncio.sleep(wait)
        meter.settle(held, *used)
        return True

    made = await asyncio.gather(*(one() for _ in range(calls)))
    return sum(made), calls - sum(made)


async def test_what_is_not_used_is_given_back() -> None:
    """Each call reserves 154 tokens and uses 60: 10 calls, and the last one must still have room for 154."""
    meter = Meter(Budget(tokens=700), PRICES)
    made, refused = await spend(meter, 50, (50, 10))
    assert (made, refused) == (10, 40)
    assert 700 - 154 < meter.spent.tokens_in + meter.spent.tokens_out <= 700


@pytest.mark.parametrize(
    ("budget", "made"), [(Budget(calls=7), 7), (Budget(calls=0), 0), (Budget(tokens=0), 0), (Budget(usd=0.0), 0)]
)
async def test_caps_are_exact(budget: Budget, made: int) -> None:
    meter = Meter(budget, PRICES)
    assert await spend(meter, 20, (104, 50)) == (made, 20 - made)
    assert meter.spent.calls == made


async def test_money_is_capped() -> None:
    meter = Meter(Budget(usd=0.002), PRICES)
    await spend(meter, 50, (104, 50))
    assert 0.0017 < meter.spent.usd <= 0.002


async def test_free_models_are_never_stopped_by_money() -> None:
    meter = Meter(Budget(usd=0.0), Prices({MODEL: Price(usd_in=0, usd_out=0, date=date(2026, 1, 1))}))
    assert await spend(meter, 5, (104, 50)) == (5, 0)


@given(
    cap=st.integers(0, 3000),
    used=st.lists(st.tuples(st.integers(0, 104), st.integers(0, 50)), min_size=1, max_size=40),
    flown=st.integers(1, 16),
)
def test_an_honest_endpoint_never_passes_the_cap(cap: int, used: list[tuple[int, int]], flown: int) -> None:
    async def scenario() -> Spent:
        meter, places = Meter(Budget(tokens=cap), PRICES), asyncio.Semaphore(flown)

        async def one(tokens: tuple[int, int]) -> None:
            try:
                held = await meter.reserve(request())
            except BudgetExceeded:
                return
            async with places:
                await asyncio.sleep(0)
                meter.settle(held, *tokens)

        await asyncio.gather(*map(one, used))
        return meter.spent

    spent = asyncio.run(scenario())
    assert spent.tokens_in + spent.tokens_out <= cap


async def test_an_endpoint_that_counts_more_is_understood_after_the_first_calls() -> None:
    meter = Meter(Budget(tokens=10_000), PRICES)
    first = await meter.reserve(request())
    meter.settle(first, 1040, 50)
    assert (await meter.reserve(request())).tokens == 1040 + 50


async def test_one_refusal_is_final_and_nothing_is_then_in_flight() -> None:
    meter = Meter(Budget(tokens=400), PRICES)
    held = await meter.reserve(request())
    waiting = asyncio.ensure_future(meter.reserve(request(250)))
    await asyncio.sleep(0)
    assert not waiting.done()  # what is in flight may give back enough
    meter.settle(held, 104, 50)
    with pytest.raises(BudgetExceeded, match=r"400 tokens is spent: the next call may take 304 \(1 calls, 154 tokens"):
        await waiting
    with pytest.raises(BudgetExceeded):
        await meter.reserve(request(1, 1))


async def test_who_is_cancelled_while_waiting_leaves_room() -> None:
    meter = Meter(Budget(tokens=200), PRICES)
    held = await meter.reserve(request())
    first, second = (asyncio.ensure_future(meter.reserve(request(10))) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    meter.settle(held, 50, 10)
    assert (await second).tokens == 64


async def test_who_is_cancelled_just_when_let_in_leaves_room_too() -> None:
    meter = Meter(Budget(tokens=200), PRICES)
    held = await meter.reserve(request())
    waiting = asyncio.ensure_future(meter.reserve(request()))
    await asyncio.sleep(0)
    meter.settle(held, called=False)  # lets it in ...
    waiting.cancel()  # ... but it never gets to know
    await asyncio.wait([waiting])
    assert waiting.cancelled()
    assert (await asyncio.wait_for(meter.reserve(request()), 1)).tokens == 154


async def test_a_call_that_was_not_made_costs_nothing() -> None:
    meter = Meter(Budget(calls=1), PRICES)
    meter.settle(await meter.reserve(request()), called=False)
    assert meter.spent.calls == 0
    assert await meter.reserve(request())


def test_money_needs_a_price() -> None:
    with pytest.raises(InputError, match="no price for ollama:qwen3: cap tokens or calls instead"):
        Meter(Budget(usd=1), PRICES).admit("ollama:qwen3")
    Meter(Budget(usd=1), PRICES).admit(MODEL)
    Meter(Budget(tokens=1), PRICES).admit("ollama:qwen3")
