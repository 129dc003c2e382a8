"""Reads articles with a language model and says what they state."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, Field, create_model

from townsquare.agents.prompts.note_statements import note_statements
from townsquare.protocols.asking import Ask, AskModel
from townsquare.protocols.ioa.messages import Task


class Reading(BaseModel):
    """What one article states."""

    figure: int | None
    about: str


class Readings(BaseModel):
    """In the order of the articles; ``_readings`` makes the type for a number of them."""

    readings: list[Reading]


@lru_cache(maxsize=64)
def _readings(count: int) -> type[Readings]:
    return create_model(
        "Readings", __base__=Readings, readings=(list[Reading], Field(min_length=count, max_length=count))
    )


class LLMFactReader:
    """``FactReader`` by a language model: the same input, with ``tick`` and ``number`` for the record, and output.

    Raises ValueError where there was no valid answer: the task has failed.
    """

    def __init__(self, ask: AskModel) -> None:
        self.ask = ask

    async def run(self, task: Task) -> Mapping[str, Any]:
        """What each document states."""
        documents = task.input["documents"]
        if not documents:
            return {"read": []}
        messages = note_statements([one["text"] for one in documents])
        tick, number = int(task.input["tick"]), int(task.input["number"])
        answer = await self.ask(Ask("note", -1, tick, messages, _readings(len(documents)), number=number))
        if answer.value is None:
            raise ValueError(f"no valid answer ({answer.outcome}): {answer.why}")
        read = zip(documents, answer.value.readings, strict=True)
        return {"read": [{"id": one["id"], **said.model_dump()} for one, said in read]}
