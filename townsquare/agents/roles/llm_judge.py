"""Weighs what an article states against what others state, with a language model."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, Field

from townsquare.agents.prompts.judge_statement import judge_statement
from townsquare.protocols.asking import Ask, AskModel
from townsquare.protocols.ioa.messages import Task


class Judgement(BaseModel):
    """What the model says."""

    verdict: Literal["true", "false", "undecided"]
    against: float = Field(ge=0, le=1)
    why: str


class LLMJudge:
    """``Judge`` by a language model: the same input, with ``post``, ``tick`` and ``number``, and the same output.

    Raises ValueError where there was no valid answer: the task has failed, and nothing counts as a verdict.
    """

    def __init__(self, ask: AskModel) -> None:
        self.ask = ask

    async def run(self, task: Task) -> Mapping[str, Any]:
        """The verdict."""
        given = task.input
        evidence = [f"{one['figure']}: {one['about']}" for one in given["evidence"] if one["figure"] is not None]
        messages = judge_statement(given["post"], evidence)
        answer = await self.ask(Ask("judge", -1, int(given["tick"]), messages, Judgement, number=int(given["number"])))
        if answer.value is None:
            raise ValueError(f"no valid answer ({answer.outcome}): {answer.why}")
        return {"verdict": answer.value.verdict, "score": answer.value.against, "why": answer.value.why}
