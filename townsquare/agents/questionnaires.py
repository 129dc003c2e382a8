"""Questions put to agents in the middle of a run, which never change it: memory is read, and nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
from pydantic import BaseModel, Field, create_model

from townsquare.agents.minds.per_agent import together
from townsquare.agents.minds.remembering import Remembering
from townsquare.agents.persona_sampling import Cast
from townsquare.agents.persona_words import describe
from townsquare.agents.prompts import questionnaire as prompts
from townsquare.agents.prompts.interview import interview as interview_prompt
from townsquare.agents.prompts.quoting import clean
from townsquare.agents.prompts.room import ROOM, Room
from townsquare.protocols.asking import Answer, Ask, AskModel, Outcome
from townsquare.protocols.chat import Message
from townsquare.protocols.memory import Embedder, MemoryStore
from townsquare.protocols.questionnaire import Question, Questionnaire

LONGEST = 4000
"""Characters of a free answer at most."""
WORDS = 120
"""Words that an interview's answer is asked to have at most."""


class Said(BaseModel):
    """An answer in somebody's own words."""

    answer: str = Field(min_length=1, max_length=LONGEST)


class Agreement(BaseModel):
    """How far somebody agrees."""

    answer: int = Field(ge=1, le=5)


class Chosen(BaseModel):
    """The number of an option; ``chosen`` makes the type for a number of them."""

    answer: int


@lru_cache(maxsize=64)
def chosen(count: int) -> type[Chosen]:
    """The answer where there are ``count`` options."""
    return create_model("Chosen", __base__=Chosen, answer=(int, Field(ge=1, le=count)))


@dataclass(frozen=True, slots=True)
class Row:
    """One answer, or that there is none."""

    tick: int
    agent: int
    questionnaire: str
    question: str
    answer: str | None
    """As text: the number on the scale, the words of the option, or what was said; None without a valid answer."""
    value: int | None
    """1 to 5 for likert, the place of the option from 1 for choice; else None."""
    outcome: Outcome


SCHEMA = pa.schema(
    [
        ("tick", pa.int32()),
        ("agent", pa.int64()),
        ("questionnaire", pa.string()),
        ("question", pa.string()),
        ("answer", pa.string()),
        ("value", pa.int32()),
        ("outcome", pa.string()),
    ]
)


def table(rows: Sequence[Row]) -> pa.Table:
    """Rows as a table, for a run folder."""
    return pa.table({name: [getattr(row, name) for row in rows] for name in SCHEMA.names}, SCHEMA)


async def put(
    questionnaire: Questionnaire,
    ask: AskModel,
    personas: Cast,
    memory: MemoryStore | None,
    tick: int,
    agents: Sequence[int],
    *,
    embedder: Embedder | None = None,
    recall: int = 5,
    room: Room = ROOM,
    first: int = 0,
) -> list[Row]:
    """What each of ``agents`` answers, knowing what it knew at the start of ``tick``; by agent, then by question.

    Asks are numbered from ``first``, so that two questionnaires in one tick can be told apart. A missing answer is a
    row that says so. Raises RunStopped only.
    """
    remembering = Remembering(memory, embedder, recall=recall)
    everybody = np.asarray(agents, np.int64)
    waiting = []
    for number, question in enumerate(questionnaire.questions, first):
        about = (question.text, *question.options)
        recalled = remembering.recall(everybody, tick, [about] * len(everybody))
        for agent, memories in zip(everybody.tolist(), recalled, strict=True):
            you = describe(personas(agent), about, name=f"person {agent}")
            messages, answer = _form(question, you, memories, room)
            asked: Ask[Any] = Ask("questionnaire", agent, tick, messages, answer, _has_words, number=number)
            waiting.append(_one(questionnaire.name, question, ask, asked))
    rows = await together(waiting)
    n = len(everybody)
    return [rows[q * n + i] for i in range(n) for q in range(len(questionnaire.questions))]


def _form(
    question: Question, you: Sequence[str], memories: Sequence[str], room: Room
) -> tuple[tuple[Message, ...], type[BaseModel]]:
    if question.scale == "likert":
        return prompts.likert(you, memories, question.text, room=room), Agreement
    if question.scale == "choice":
        return prompts.choice(you, memories, question.text, question.options, room=room), chosen(len(question.options))
    return prompts.free(you, memories, question.text, words=question.words, room=room), Said


async def _one(name: str, question: Question, ask: AskModel, asked: Ask[Any]) -> Row:
    answer = await ask(asked)
    said: str | None = None
    value: int | None = None
    if isinstance(answer.value, Said):
        said = clean(answer.value.answer)
    elif answer.value is not None:
        value = int(answer.value.answer)
        said = question.options[value - 1] if question.scale == "choice" else str(value)
    return Row(asked.tick, asked.agent, name, question.id, said, value, answer.outcome)


def _has_words(answer: BaseModel) -> str:
    return "answer has no words" if isinstance(answer, Said) and not clean(answer.answer) else ""


async def interview(
    question: str,
    agent: int,
    ask: AskModel,
    personas: Cast,
    memory: MemoryStore | None,
    tick: int,
    *,
    embedder: Embedder | None = None,
    recall: int = 5,
    room: Room = ROOM,
) -> Answer[Said]:
    """What ``agent`` says to ``question``, knowing what it knew at the start of ``tick``; nothing is written."""
    remembering = Remembering(memory, embedder, recall=recall)
    (memories,) = remembering.recall(np.array([agent]), tick, [(question,)])
    you = describe(personas(agent), (question,), name=f"person {agent}")
    messages = interview_prompt(you, memories, question, tick=tick, words=WORDS, room=room)
    return await ask(Ask("interview", agent, tick, messages, Said, _has_words))
