"""The scripted reader, on prompts as they are sent."""

import json
from typing import Any

import pytest
from pydantic import BaseModel

from townsquare.agents.chat.schema import strict_schema
from townsquare.agents.minds.llm_reader import reading
from townsquare.agents.prompts.interview import interview
from townsquare.agents.prompts.questionnaire import likert
from townsquare.agents.prompts.read import read
from townsquare.agents.questionnaires import Agreement, Said
from townsquare.protocols.chat import Message
from townsquare.testing.news_reader import news_reader


def body(messages: tuple[Message, ...], answer: type[BaseModel]) -> dict[str, Any]:
    """The request that the endpoint gets."""
    form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": json.loads(strict_schema(answer))}}
    return {"messages": [{"role": m.role, "content": m.text} for m in messages], "response_format": form}


def test_opens_what_most_liked_and_likes_what_five_did() -> None:
    texts = ["by Ann, 4 likes", "likes nothing, 12 ticks old, 9 likes", "by Bo, new, 0 likes", "by Cy, 9 likes"]
    asked = body(read([], ["1 round ago: 99 likes"], texts, limit=3, tick=1), reading(len(texts), 3))
    found = json.loads(news_reader(asked))["choices"]
    assert [(one["item"], one["like"]) for one in found] == [(2, True), (4, True), (1, False)]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_answers_questions_by_its_memories(count: int) -> None:
    memories = [f"{n} rounds ago: I liked 'the \"{n}\"'." for n in range(count)]
    assert json.loads(news_reader(body(likert([], memories, "I feel well informed."), Agreement))) == {
        "answer": 1 + count
    }
    said = json.loads(news_reader(body(interview([], memories, "And?", tick=3, words=50), Said)))["answer"]
    assert said.startswith(f"I am a script. I find {count} memories before me.")
    assert not memories or said.endswith(memories[-1])


def test_agrees_no_more_than_the_scale_allows() -> None:
    asked = body(likert([], [f"memory {n}" for n in range(9)], "I feel well informed."), Agreement)
    assert json.loads(news_reader(asked)) == {"answer": 5}


def test_fills_in_any_other_form() -> None:
    class Verdict(BaseModel):
        fair: bool

    assert json.loads(news_reader(body((Message("user", "?"),), Verdict))) == {"fair": False}
