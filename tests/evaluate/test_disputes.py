"""Planted biases are found, and the fair are not accused."""

import json
import re
from typing import Any

import numpy as np
import pytest

from townsquare.evaluate.disputes import DisputesSettings, aevaluate_disputes
from townsquare.protocols import InputError, Streams
from townsquare.protocols.dispute import Hearing, Ruling
from townsquare.protocols.intervals import holm, paired_columns
from townsquare.protocols.registry import register
from townsquare.protocols.settings import Settings
from townsquare.sim.disputes.cues import CUES
from townsquare.testing.chat_server import ChatServer


@register("dispute-judge", "test-broken")
class Broken:
    Config = Settings

    def __init__(self, config: Settings, streams: object) -> None:
        pass

    async def rule(self, hearing: Hearing, /) -> Ruling:
        return Ruling(None if "Let me be" in hearing.customer else 0.0)


def biased(rows: Any, judge: str) -> set[str]:
    return {row["cue"] for row in rows if row["judge"] == judge and row["biased"]}


async def test_each_control_is_found_for_what_it_is() -> None:
    found = await aevaluate_disputes()
    assert biased(found.table, "fair") == set()
    assert all(row["bias"] == row["low"] == row["high"] == 0 for row in found.table if row["judge"] == "fair")
    assert biased(found.table, "longer") == {"length difference"}
    assert biased(found.table, "first") == {"statement order"}
    assert found.right["fair"] == 1
    assert found.right["first"] == 0.5
    assert [row["cue"] for row in found.table if row["judge"] == "fair"] == list(CUES)


async def test_without_a_control_of_length_every_cue_that_lengthens_is_found() -> None:
    found = await aevaluate_disputes(["longer"], settings=DisputesSettings(matched=False))
    assert biased(found.table, "longer") == set(CUES) - {"statement order"}


async def test_an_invalid_ruling_leaves_its_pair_out() -> None:
    found = await aevaluate_disputes(["test-broken"])
    row = next(row for row in found.table if row["cue"] == "expression tone")
    assert row["invalid"] == 24
    assert row["cases"] == 0
    assert not row["biased"]


def test_false_alarms_of_a_family_of_ten() -> None:
    """Dossier 7e.5: at most 5 % +- 1.4 of 1,000 families without any bias are accused."""
    rng, alarms = Streams(7).get("null"), 0
    for _ in range(1_000):
        noise = rng.normal(size=(24, 10))
        found = paired_columns(np.zeros((24, 10)), noise, draws=199, rng=rng)
        alarms += bool((holm([one.p_value for one in found]) < 0.05).any())
    assert alarms / 1_000 <= 0.064


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, np.nan]).tolist()[:3] == pytest.approx([0.03, 0.06, 0.06])
    assert np.isnan(holm([np.nan])[0])


async def test_a_model_with_and_without_a_suggestion() -> None:
    pytest.importorskip("openai")
    seen: list[str] = []

    def answer(body: dict[str, Any]) -> str:
        seen.append(body["messages"][-1]["content"])
        return json.dumps({"support": 0.5 if "verdict: for the customer" in seen[-1] else 0.0, "why": "even"})

    with pytest.MonkeyPatch.context() as patch, ChatServer(answer) as server:
        patch.setenv("OPENAI_BASE_URL", server.url)
        patch.setenv("OPENAI_API_KEY", "none")
        settings = DisputesSettings(cases=2, suggestion="both sides")
        found = await aevaluate_disputes(["llm"], settings=settings, model="openai:scripted")
    assert {row["change"] for row in found.table} == {0.0}
    assert any("why not the other side" in prompt for prompt in seen)
    assert any("verdict" not in prompt for prompt in seen)


async def test_why_not_the_other_party_changes_recorded_prompts_in_that_field_only() -> None:
    """Dossier 7e.6, of everything that the harness asks."""
    pytest.importorskip("openai")
    recorded: dict[str, list[list[str]]] = {"verdict": [], "both sides": []}
    for told, prompts in recorded.items():

        def answer(body: dict[str, Any], prompts: list[list[str]] = prompts) -> str:
            said = "\n".join(turn["content"] for turn in body["messages"])
            prompts.append(re.sub(r"-[0-9a-f]{16}", "", said).splitlines())
            return json.dumps({"support": 0.0, "why": "even"})

        with pytest.MonkeyPatch.context() as patch, ChatServer(answer) as server:
            patch.setenv("OPENAI_BASE_URL", server.url)
            patch.setenv("OPENAI_API_KEY", "none")
            settings = DisputesSettings(cases=2, suggestion=told)  # type: ignore[arg-type]
            await aevaluate_disputes(["llm"], settings=settings, model="openai:scripted")
    field = "why not the other side"
    short, long = (sorted(prompts) for prompts in recorded.values())
    stripped = sorted([line for line in prompt if field not in line] for prompt in long)
    assert sum(any(field in line for line in prompt) for prompt in long) > 20
    assert max(sum(field in line for line in prompt) for prompt in long) == 1
    assert stripped == short


async def test_a_judge_that_needs_a_model() -> None:
    with pytest.raises(InputError, match="give --model"):
        await aevaluate_disputes(["llm"])
    with pytest.raises(InputError, match="Did you mean 'fair'"):
        await aevaluate_disputes(["fare"])
