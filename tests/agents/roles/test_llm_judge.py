"""Judging with a (scripted) model."""

from typing import Any

import pytest

from tests.agents.minds.askers import Told
from townsquare.agents.roles.llm_judge import LLMJudge
from townsquare.protocols.ioa.messages import Task

EVIDENCE = [{"id": 1, "figure": 7, "about": "a fair"}, {"id": 2, "figure": None, "about": ""}]


def task() -> Task:
    given: dict[str, Any] = {"post": "5 came to a fair", "evidence": EVIDENCE, "tick": 3, "number": 64}
    return Task(id="a:1:1", sender="desk", task_id="t", input=given)


async def test_verdict_and_what_was_asked() -> None:
    ask = Told(lambda ask: {"verdict": "false", "against": 0.75, "why": "seven came"})
    assert await LLMJudge(ask).run(task()) == {"verdict": "false", "score": 0.75, "why": "seven came"}
    (asked,) = ask.asked
    assert (asked.purpose, asked.tick, asked.number) == ("judge", 3, 64)
    assert '"5 came to a fair"' in asked.messages[1].text
    assert '[1, "7: a fair"]' in asked.messages[1].text
    assert "None" not in asked.messages[1].text


@pytest.mark.parametrize(
    "said", [{}, {"verdict": "maybe", "against": 0, "why": ""}, {"verdict": "true", "against": 2, "why": ""}]
)
async def test_what_is_no_verdict_fails_the_task(said: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no valid answer"):
        await LLMJudge(Told(lambda ask: said)).run(task())
