"""Questionnaires and interviews: tidy answers, and a run that is none the wiser."""

import hashlib
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from tests.agents.minds.askers import Told, embedder, happened, shown, store
from townsquare.agents.minds.llm_reader import LLMReader
from townsquare.agents.minds.remembering import Remembering
from townsquare.agents.persona_sampling import Distribution, draw, seated
from townsquare.agents.persona_scores import said_and_done
from townsquare.agents.personas import Persona
from townsquare.agents.questionnaires import SCHEMA, Question, Questionnaire, interview, put, table
from townsquare.memory.stores.arrays import Arrays
from townsquare.protocols import Streams
from townsquare.protocols.asking import Answer
from townsquare.protocols.errors import BudgetExceeded

SURVEY = Questionnaire.model_validate(
    {
        "name": "transport",
        "questions": [
            {"id": "free", "text": "Trams should be free."},
            {"id": "way", "text": "How do you travel?", "scale": "choice", "options": ["tram", "bus"]},
            {"id": "why", "text": "Why?", "scale": "text"},
        ],
        "ticks": [0, 5],
    }
)
PEOPLE = seated([Persona(name="Ann"), Persona(name="Bob")], 7)


def answers(ask: Any) -> Any:
    return {"answer": (4, 2, f"Because I am {ask.agent}.\n")[ask.number]}


def digest(held: Arrays) -> str:
    parts = [name.encode() + np.ascontiguousarray(array).tobytes() for name, array in sorted(held.state().items())]
    return hashlib.sha256(b"".join(parts)).hexdigest()


def lived() -> Arrays:
    held = store()
    for tick, text in enumerate(("tram late", "bus on time", "tram free")):
        Remembering(held, embedder()).remember(tick, happened(7, [tick], [tick]), {7: {tick: text}})
    return held


async def test_tidy_rows() -> None:
    rows = await put(SURVEY, Told(answers), PEOPLE, None, 3, [7, 8])
    assert [(row.agent, row.question, row.answer, row.value) for row in rows] == [
        (7, "free", "4", 4), (7, "way", "bus", 2), (7, "why", "Because I am 7.", None),
        (8, "free", "4", 4), (8, "way", "bus", 2), (8, "why", "Because I am 8.", None),
    ]  # fmt: skip
    assert {(row.tick, row.questionnaire, row.outcome) for row in rows} == {(3, "transport", "answered")}
    found = table(rows)
    assert found.schema == SCHEMA
    assert found.num_rows == 6
    assert found["value"].to_pylist() == [4, 2, None, 4, 2, None]
    assert table([]).schema == SCHEMA


async def test_every_question_is_a_call_of_its_own() -> None:
    ask = Told(answers)
    await put(SURVEY, ask, PEOPLE, None, 3, [7])
    assert [(one.purpose, one.agent, one.tick, one.number) for one in ask.asked] == [
        ("questionnaire", 7, 3, n) for n in range(3)
    ]
    assert all(sum(q.text in one.messages[1].text for q in SURVEY.questions) == 1 for one in ask.asked)


async def test_a_missing_answer_is_a_row_that_says_so() -> None:
    def say(ask: Any) -> Any:
        return [Answer("refused", None, "no"), {"answer": 3}, {"answer": "\u200b"}][ask.number]

    rows = await put(SURVEY, Told(say), PEOPLE, None, 3, [7])
    assert [(row.answer, row.value, row.outcome) for row in rows] == [
        (None, None, "refused"), (None, None, "invalid"), (None, None, "invalid"),
    ]  # fmt: skip


async def test_memory_is_read_as_of_the_tick_and_never_written() -> None:
    held, ask = lived(), Told(answers)
    before = digest(held)
    await put(SURVEY, ask, PEOPLE, held, 2, [7, 8], embedder=embedder())
    assert digest(held) == before
    mine, others = ask.asked[0].messages[1].text, ask.asked[1].messages[1].text
    assert "2 rounds ago: I liked 'tram late'." in mine
    assert "tram free" not in mine
    assert "<memories-" not in others


async def test_a_run_with_questions_is_the_run_without() -> None:
    """The same reader, the same asks, the same memories, whether or not somebody asks in between."""

    async def run(curious: bool) -> tuple[list[Any], str]:
        held = store()
        ask = Told(lambda one: {"choices": [{"item": 1 + one.tick % 3, "like": True}]})
        mind = LLMReader(LLMReader.Config(), ask, PEOPLE, held, embedder())
        for tick in range(6):
            if curious:
                await put(SURVEY, Told(answers), PEOPLE, held, tick, [7, 8], embedder=embedder())
                await interview("How are you?", 7, Told(lambda one: {"answer": "Well."}), PEOPLE, held, tick)
            actions = await mind.decide(shown([[1, 2, 3]], tick=tick, first=7))
            clicks = actions.item[actions.kind == 0].tolist()
            mind.remember(tick, happened(7, clicks, clicks))
        return [one.messages for one in ask.asked], digest(held)

    assert await run(True) == await run(False)


async def test_a_stop_ends_it() -> None:
    with pytest.raises(BudgetExceeded, match="spent"):
        await put(SURVEY, Told(lambda ask: BudgetExceeded("the budget is spent.")), PEOPLE, None, 0, [7])


async def test_an_interview_knows_what_the_agent_knew() -> None:
    held, ask = lived(), Told(lambda one: {"answer": "I like trams."})
    before = digest(held)
    answer = await interview("What of the tram?", 7, ask, PEOPLE, held, 1, embedder=embedder())
    assert answer.value is not None
    assert answer.value.answer == "I like trams."
    (one,) = ask.asked
    assert (one.purpose, one.agent, one.tick) == ("interview", 7, 1)
    text = one.messages[1].text
    assert "1 round ago: I liked 'tram late'." in text
    assert "tram free" not in text
    assert '"Your name is Ann."' in text
    assert digest(held) == before


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"questions": []}, "questions"),
        ({"questions": [{"id": "a", "text": "x"}] * 2}, "two questions with the id 'a'"),
        ({"questions": [{"id": "a", "text": "x", "scale": "choice", "options": ["y"]}]}, "two or more options"),
        ({"questions": [{"id": "a", "text": "x", "scale": "choice", "options": ["y", "y"]}]}, "each once"),
        ({"questions": [{"id": "a", "text": "x", "options": ["y", "z"]}]}, "only a choice has options"),
        ({"questions": [{"id": "a", "text": "x", "scale": "stars"}]}, "scale"),
        ({"questions": [{"id": "a", "text": "x"}], "ticks": [-1]}, "ticks"),
    ],
)
def test_what_is_refused(given: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValidationError, match=wrong):
        Questionnaire.model_validate(given)


async def test_saying_is_not_doing() -> None:
    """Check (ii): a scripted model whose survey follows the persona and whose reading does not; the gap shows it."""
    people = draw(Distribution(), Streams(0), np.arange(40))
    likes_news = "drawn to new ideas"

    def say(ask: Any) -> Any:
        keen = likes_news in ask.messages[1].text
        return {"answer": 5 if keen else 2} if ask.purpose == "questionnaire" else {"choices": []}

    ask = Told(say)
    one = Questionnaire(questions=(Question(id="new", text="I like to read about new things."),))
    rows = await put(one, ask, seated(people, 0), None, 0, range(40))
    said = np.array([(row.value - 1) / 4 for row in rows if row.value is not None])
    actions = await LLMReader(LLMReader.Config(), ask, seated(people, 0)).decide(shown([[1, 2]] * 40, first=0))
    done = np.array([np.mean(actions.agent == agent) for agent in range(40)]) if len(actions) else np.zeros(40)
    found = said_and_done(said, done)
    assert found.people == 40
    assert found.said > 0.25
    assert found.done == 0
    assert found.gap == pytest.approx(found.said)
