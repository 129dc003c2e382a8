"""What asks came to and what they cost."""

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.agents.chat.asking import GOOD, Told, ask_for, down, table
from townsquare.agents.chat import ledger
from townsquare.protocols.chat import Reply, Request


def fate(request: Request) -> str | Reply | BaseException:
    words = request.messages[1].text
    if "rate" in words:
        return Reply(GOOD, "stop", 200, 20, seconds=2.0)
    if "agent 7;" in words:
        return Reply("no", "refusal", 100, 1, seconds=1.0)
    if "agent 8;" in words:
        return down(request)
    if "agent 9;" in words:
        return Reply(GOOD if len(request.messages) > 2 else "what?", "stop", 100, 10, seconds=1.0)
    return Reply(GOOD, "stop", 100, 10, seconds=1.0)


@pytest.fixture
def asks(tmp_path: Path) -> pd.DataFrame:
    """Ten reads, of which one each is refused, failed and repaired; four raters who are asked the same."""
    with table(tmp_path / "c.sqlite", Told(fate)) as at:
        at.ask(*(ask_for(agent, purpose="read") for agent in range(10)))
        at.ask(*(ask_for(agent, purpose="rate", text="rate this") for agent in range(4)))
        found = at.asked.take().to_pandas()
        totals = ledger.totals(found)
        spent = at.cassette.spent()
        assert (totals["calls"], totals["tokens_in"], totals["tokens_out"]) == spent[:3]
        assert totals["usd"] == pytest.approx(spent.usd)
    return found


def test_per_purpose(asks: pd.DataFrame) -> None:
    rate, read = ledger.by_purpose(asks).to_dict("records")
    assert (rate["purpose"], read["purpose"]) == ("rate", "read")
    assert [read[name] for name in ("asks", *ledger.OUTCOMES)] == [10, 7, 1, 0, 1, 1]
    assert (read["valid"], read["repair_rate"], read["invalid_rate"], read["failed_rate"]) == (0.8, 0.1, 0.1, 0.1)
    assert (read["calls"], read["replayed"], read["tokens_in"], read["tokens_out"]) == (11, 0, 1000, 91)
    assert read["usd"] == pytest.approx((1000 * 0.15 + 91 * 0.60) / 1e6)
    assert (rate["calls"], rate["replayed"], rate["tokens_in"], rate["seconds"]) == (1, 3, 200, 2.0)
    assert (read["seconds_p50"], read["seconds_p95"] > 1.0) == (1.0, True)


def test_per_agent(asks: pd.DataFrame) -> None:
    rows = ledger.by_agent(asks).set_index("agent")
    assert list(rows.index) == list(range(10))
    assert rows.loc[9, "calls"] == 2
    assert rows.loc[8, "failed"] == 1
    assert rows.loc[0, "asks"] == 2
    assert sum(rows["calls"]) == 12


def test_by_several_columns(asks: pd.DataFrame) -> None:
    rows = ledger.by(asks, "model", "purpose")
    assert list(zip(rows["model"], rows["purpose"], rows["asks"], strict=True)) == [
        ("openai:gpt-4o-mini", "rate", 4),
        ("openai:gpt-4o-mini", "read", 10),
    ]


def test_totals_are_plain_json(asks: pd.DataFrame) -> None:
    totals = ledger.totals(asks)
    assert json.loads(json.dumps(totals, allow_nan=False)) == totals
    assert totals["asks"] == 14
    assert totals["purposes"]["read"]["asks"] == 10
    assert set(totals["purposes"]) == {"rate", "read"}


def test_no_asks() -> None:
    assert ledger.totals(ledger.no_asks())["asks"] == 0
    assert ledger.by_purpose(ledger.no_asks()).empty
    assert set(ledger.totals(ledger.no_asks())) >= {"calls", "usd", "purposes"}


def test_unknown_prices_are_no_zero(tmp_path: Path) -> None:
    with table(tmp_path / "c.sqlite", Told(), model="ollama:qwen3") as at:
        at.ask(ask_for(1), ask_for(2))
        totals = ledger.totals(at.asked.take().to_pandas())
    assert totals["usd"] is None
    assert totals["unpriced"] == 2
    assert totals["tokens_in"] > 0


def test_a_replay_costs_nothing(tmp_path: Path) -> None:
    with table(tmp_path / "c.sqlite", Told()) as at:
        at.ask(ask_for(1), ask_for(2))
    with table(tmp_path / "c.sqlite", Told(), run="another") as at:
        at.ask(ask_for(1), ask_for(2))
        totals = ledger.totals(at.asked.take().to_pandas())
    assert (totals["calls"], totals["replayed"], totals["usd"], totals["seconds"]) == (0, 2, 0.0, None)
