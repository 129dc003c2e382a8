"""The whole path over real HTTP: one agent's trouble is nobody else's, and nothing is made up."""

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("openai")

from tests.agents.chat.asking import GOOD, MODEL, Table, ask_for, table
from townsquare.agents.chat.patience import Patient
from townsquare.agents.chat.providers.openai import OpenAI
from townsquare.protocols.asking import Answer
from townsquare.protocols.chat_settings import Budget, ChatSettings
from townsquare.protocols.errors import BudgetExceeded
from townsquare.testing.chat_server import FAULTS, Behaviour, ChatServer

SECRET = "sk-very-secret-0123456789"
OUTCOMES = {
    "no usage": "answered",
    "empty": "invalid",
    "broken answer": "invalid",
    "length": "invalid",
    "refusal": "refused",
    "filter": "refused",
}
"""What comes of an ask when every request for it meets a fault; ``failed`` for all the others."""


def over_http(path: Path, url: str, budget: Budget | None = None, **more: Any) -> AbstractContextManager[Table]:
    """To be used in the event loop that asks: a client's connections belong to it."""
    given: dict[str, Any] = {"retries": 1, "timeout": 5.0, **more}
    settings = ChatSettings(**given)
    chat = Patient(OpenAI(MODEL, settings, base_url=url, key=SECRET), settings, first_wait=0.01)
    return table(path, chat, budget=budget, **given)


def words(body: dict[str, Any]) -> str:
    """What the ask said, without what a second turn adds."""
    return str(body["messages"][1]["content"])


def serve(fate: Callable[[str], str | Behaviour]) -> ChatServer:
    return ChatServer(lambda body: fate(words(body)))


async def ask_all(at: Table, agents: int, tick: int = 0) -> list[Answer[Any]]:
    answers = await asyncio.gather(*(at.asker(ask_for(agent, tick)) for agent in range(agents)))
    assert at.asker.chat is not None
    await at.asker.chat.close()
    return answers


@pytest.mark.parametrize("fault", FAULTS)
async def test_every_fault_has_its_outcome_and_its_victim_only(tmp_path: Path, fault: Any) -> None:
    def fate(asked: str) -> Behaviour:
        return Behaviour(fault if "agent 3;" in asked else None, GOOD)

    with serve(fate) as server, over_http(tmp_path / "c.sqlite", server.url, timeout=0.5) as at:
        answers = await ask_all(at, 6)
        rows = at.asked.take().to_pandas()
    assert [a.outcome for n, a in enumerate(answers) if n != 3] == ["answered"] * 5
    assert answers[3].outcome == OUTCOMES.get(fault, "failed")
    assert (answers[3].value is not None) == (fault == "no usage")
    assert (answers[3].why == "") == (fault == "no usage")
    assert rows.loc[rows["agent"] == 3, "outcome"].item() == answers[3].outcome
    # and once more without the server
    with table(tmp_path / "c.sqlite", None, mode="replay", retries=1, timeout=0.5) as at:
        again = [await at.asker(ask_for(agent)) for agent in range(6)]
        assert at.asked.take().to_pandas().equals(rows)
    assert again == list(answers)


async def test_items_that_were_not_shown_are_repaired(tmp_path: Path) -> None:
    def answer(body: dict[str, Any]) -> str:
        return GOOD if len(body["messages"]) > 2 else '{"item": 4711, "why": "made up"}'

    with ChatServer(answer) as server, over_http(tmp_path / "c.sqlite", server.url) as at:
        answers = await ask_all(at, 3)
        assert at.asked.totals == {"repaired": 3}
        assert server.count == 6
    assert {answer.value.item for answer in answers} == {3}


async def test_lone_surrogates_survive(tmp_path: Path) -> None:
    half = json.dumps({"item": 3, "why": "half an emoji: \ud83d"})
    with serve(lambda asked: half) as server, over_http(tmp_path / "c.sqlite", server.url) as at:
        (first,) = await ask_all(at, 1)
    with table(tmp_path / "c.sqlite", None, mode="replay", retries=1, timeout=5.0) as at:
        assert await at.asker(ask_for(0)) == first
    assert first.outcome == "invalid"


async def test_no_key_in_any_file(tmp_path: Path) -> None:
    """Not even when the endpoint repeats it in an error."""

    def fate(asked: str) -> Behaviour:
        if "agent 1;" in asked:
            raise RuntimeError(f"the key {SECRET} has run out")
        return Behaviour("bad key" if "agent 0;" in asked else None, GOOD)

    with serve(fate) as server, over_http(tmp_path / "c.sqlite", server.url) as at:
        await ask_all(at, 20)
        assert all(r.headers["authorization"] == f"Bearer {SECRET}" for r in server.requests)
        asked = at.asked.take()
        files = list(tmp_path.iterdir())
        assert {path.name for path in files} >= {"c.sqlite", "c.sqlite-wal"}
        assert all(SECRET.encode() not in path.read_bytes() for path in files)
    assert SECRET not in str(asked.to_pylist())
    assert SECRET.encode() not in (tmp_path / "c.sqlite").read_bytes()


@pytest.mark.parametrize("excess", [1, 8])
async def test_the_cap_is_passed_by_no_more_than_what_was_in_flight(tmp_path: Path, excess: int) -> None:
    """A server that counts ``excess`` times the tokens we expect; 64 calls at a time; a cap worth about 100 calls."""

    class Counting(ChatServer):
        def _completion(self, body: dict[str, Any], asked: Behaviour) -> dict[str, Any]:
            found = super()._completion(body, asked)
            found["usage"] = {name: count * excess for name, count in found["usage"].items()}
            return found

    with (
        Counting(lambda body: GOOD, latency=0.02) as server,
        over_http(tmp_path / "c.sqlite", server.url, Budget(tokens=6_000), concurrency=64, max_tokens=20) as at,
    ):
        with pytest.raises(BudgetExceeded, match="6,000 tokens"):
            await ask_all(at, 400)
        assert at.asker.chat is not None
        await at.asker.chat.close()
        spent = at.meter.spent
        assert at.cassette.spent() == spent
        assert spent.calls == server.count
    tokens = spent.tokens_in + spent.tokens_out
    one = tokens / spent.calls
    if excess == 1:
        assert 0.8 * 6_000 < tokens <= 6_000
    else:
        assert tokens <= 6_000 + 64 * one
    assert server.peak <= 64
