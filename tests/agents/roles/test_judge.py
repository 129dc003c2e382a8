"""Weighing a statement against evidence."""

from typing import Any

import pytest

from townsquare.agents.roles.judge import Judge
from townsquare.protocols.ioa.messages import Task


def about(*figures: int | None, subject: str = "a") -> list[dict[str, Any]]:
    return [{"figure": figure, "about": subject} for figure in figures]


@pytest.mark.parametrize(
    ("said", "evidence", "verdict", "score"),
    [
        (5, about(5, 5, 5), "true", 0.0),
        (5, about(7, 7, 7), "false", 1.0),
        (5, about(7, 7, 5), "false", 2 / 3),
        (7, about(7, 7, 5), "true", 1 / 3),
        (5, about(7, 7, 7, subject="something else"), "undecided", 0.5),
        (5, about(7), "undecided", 0.5),
        (5, [], "undecided", 0.5),
        (5, about(7, 8, 7, 8), "undecided", 0.5),  # two figures are stated as often
        (5, about(7, 8, 9), "undecided", 0.5),  # none is stated twice
        (5, about(7, 7, 8, 9, 5), "false", 0.8),
        (None, about(7, 7), "undecided", 0.5),
    ],
)
async def test_verdicts(said: int | None, evidence: list[dict[str, Any]], verdict: str, score: float) -> None:
    given = {"statement": {"figure": said, "about": "a"}, "evidence": evidence}
    found = await Judge().run(Task(id="a:1:1", sender="desk", task_id="t", input=given))
    assert (found["verdict"], found["score"]) == (verdict, pytest.approx(score))
    assert found["why"]
