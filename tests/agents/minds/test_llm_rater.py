"""Ratings by a language model."""

from typing import Any

import numpy as np
import pytest

from tests.agents.minds.askers import Told, embedder, happened, store
from townsquare.agents.minds.llm_rater import LLMRater
from townsquare.agents.minds.remembering import Remembering
from townsquare.agents.persona_sampling import seated
from townsquare.agents.personas import Persona
from townsquare.protocols.asking import Answer

PEOPLE = seated([Persona(name="Ann"), Persona(name="Bob")], 0)
TEXTS = [("tram", "bridge"), ("rent",), ()]
AGENTS = np.arange(3)


def rater(say: Any) -> tuple[LLMRater, Told]:
    ask = Told(say)
    return LLMRater(LLMRater.Config(), ask, PEOPLE), ask


async def test_ratings_by_agent_and_item() -> None:
    mind, ask = rater(lambda ask: {"ratings": [5, 1]} if ask.agent == 0 else {"ratings": [3]})
    found = await mind.rate(AGENTS, TEXTS, tick=4, number=2)
    assert np.array_equal(found.values, [[5, 1], [3, np.nan], [np.nan, np.nan]], equal_nan=True)
    assert found.outcomes == ("answered", "answered", None)
    assert [(one.purpose, one.agent, one.tick, one.number) for one in ask.asked] == [
        ("rate", 0, 4, 2),
        ("rate", 1, 4, 2),
    ]
    assert '[2, "bridge"]' in ask.asked[0].messages[1].text


@pytest.mark.parametrize("said", [[5], [5, 6], [5, 0], [5, 1, 1], ["5", "1"], [5, 2.5]])
async def test_what_is_no_rating(said: list[Any]) -> None:
    mind, _ = rater(lambda ask: {"ratings": said})
    found = await mind.rate(AGENTS[:1], TEXTS[:1])
    assert np.isnan(found.values).all()
    assert found.outcomes == ("invalid",)


async def test_refusals_are_not_a_middling_rating() -> None:
    mind, _ = rater(lambda ask: Answer("refused", None, "no"))
    found = await mind.rate(AGENTS[:1], TEXTS[:1])
    assert np.isnan(found.values).all()
    assert found.outcomes == ("refused",)


async def test_nobody() -> None:
    mind, ask = rater(lambda ask: {"ratings": []})
    assert (await mind.rate(AGENTS[:0], [])).values.shape == (0, 0)
    assert ask.asked == []


async def test_memories_are_read_and_none_is_written() -> None:
    held, ask = store(), Told(lambda ask: {"ratings": [4]})
    Remembering(held, embedder()).remember(2, happened(0, [1], [1]), {0: {1: "tram"}})
    mind = LLMRater(LLMRater.Config(), ask, PEOPLE, held, embedder())
    await mind.rate(AGENTS[:1], [("the tram",)], tick=2)
    await mind.rate(AGENTS[:1], [("the tram",)], tick=3)
    early, late = (one.messages[1].text for one in ask.asked)
    assert "<memories-" not in early  # what was written at a tick is known from the next
    assert "1 round ago: I liked 'tram'." in late
    assert len(held) == 1
