"""What asking will take, held against what it took."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.agents.chat.asking import GOOD, MODEL, ask_for, table
from townsquare.agents.chat.estimate import Estimate, estimate
from townsquare.agents.chat.prices import Prices
from townsquare.protocols.chat_settings import ChatSettings

ARTICLE = "The council met on Monday to talk about the new bridge, its cost and who is to pay for it. "


@pytest.mark.parametrize("repaired", [0.0, 0.25])
@pytest.mark.parametrize("structured", ["schema", "text"])
async def test_within_a_fifth_of_what_is_spent(tmp_path: Path, repaired: float, structured: Any) -> None:
    """Over real HTTP, with prompts of very different lengths; three samples of 200 asks."""
    pytest.importorskip("openai")
    from townsquare.agents.chat.providers.openai import OpenAI
    from townsquare.testing.chat_server import ChatServer

    def answer(body: dict[str, Any]) -> str:
        agent = int(body["messages"][1]["content"].split()[1].rstrip(":"))
        bad = agent % 100 < 100 * repaired and len(body["messages"]) == 2
        return '{"item": 99, "why": "close to my taste"}' if bad else GOOD

    asks = [ask_for(n, text=f"Agent {n}: choose from these. " + ARTICLE * (5 + n % 30)) for n in range(200)]
    expected = estimate(asks[::3], [GOOD], len(asks), model=MODEL, prices=Prices.load(), repairs=repaired)
    with ChatServer(answer) as server:
        settings = ChatSettings(structured=structured)
        chat = OpenAI(MODEL, settings, base_url=server.url, key="none")
        with table(tmp_path / "c.sqlite", chat) as at:
            await asyncio.gather(*(at.asker(ask) for ask in asks))
            await chat.close()
            spent = at.meter.spent
            share = at.asked.totals.get("repaired", 0) / len(asks)
    assert share == repaired
    assert spent.calls == expected.calls
    assert expected.usd is not None
    assert 0.8 * spent.tokens_in < expected.tokens_in < 1.2 * spent.tokens_in
    assert 0.8 * spent.tokens_out < expected.tokens_out < 1.2 * spent.tokens_out
    assert 0.8 * spent.usd < expected.usd < 1.2 * spent.usd


def test_sums() -> None:
    known, unknown = Estimate(1, 10, 2, 0.5), Estimate(2, 20, 4, None)
    assert known + known == Estimate(2, 20, 4, 1.0)
    assert known + unknown == Estimate(3, 30, 6, None)


def test_unknown_price_and_nothing_to_ask() -> None:
    prices = Prices.load()
    assert estimate([ask_for()], [GOOD], 10, model="ollama:qwen3", prices=prices).usd is None
    assert estimate([], [], 0, model="ollama:qwen3", prices=prices) == Estimate(0, 0, 0, 0.0)
    with pytest.raises(ValueError, match="at least one sample"):
        estimate([], [GOOD], 10, model=MODEL, prices=prices)
