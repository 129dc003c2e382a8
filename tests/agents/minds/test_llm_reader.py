"""A reader that asks a language model: what it is asked, what becomes of the answer, what it remembers."""

import json
from typing import Any

import numpy as np
import pytest

from tests.agents.minds.askers import Told, embedder, happened, shown, store
from townsquare.agents.chat.schema import strict_schema
from townsquare.agents.minds.llm_reader import LLMReader, reading
from townsquare.agents.persona_sampling import seated
from townsquare.agents.personas import Persona
from townsquare.agents.prompts.room import tokens
from townsquare.protocols import Events, Mind, find
from townsquare.protocols.asking import Answer, Ask
from townsquare.protocols.errors import BudgetExceeded
from townsquare.protocols.events import REASONS
from townsquare.protocols.memory import Scope
from townsquare.protocols.town import Remembers

PEOPLE = seated([Persona(name="Ann"), Persona(name="Bob")], 10)


def opening(*choices: tuple[int, bool]) -> dict[str, Any]:
    return {"choices": [{"item": item, "like": like} for item, like in choices]}


def reader(say: Any, **more: Any) -> tuple[LLMReader, Told]:
    ask = Told(say)
    return LLMReader(LLMReader.Config(**more), ask, PEOPLE, store(), embedder()), ask


def rows(actions: Any) -> list[tuple[int, str, int, float]]:
    kinds = ("click", "like", "post", "no_answer")
    return [
        (int(a), kinds[k], int(i), float(v))
        for a, k, i, v in zip(actions.agent, actions.kind, actions.item, actions.value, strict=True)
    ]


async def test_places_become_items_and_likes_follow_their_clicks() -> None:
    mind, ask = reader(lambda ask: opening((2, True), (1, False)) if ask.agent == 10 else opening((3, True)))
    actions = await mind.decide(shown([[5, 6, 7], [8, 9, 4]]))
    assert rows(actions) == [
        (10, "click", 6, 0.0), (10, "click", 5, 0.0), (10, "like", 6, 0.0), (11, "click", 4, 0.0), (11, "like", 4, 0.0),
    ]  # fmt: skip
    assert [(one.purpose, one.agent, one.tick, one.number) for one in ask.asked] == [
        ("read", 10, 1, 0),
        ("read", 11, 1, 0),
    ]
    assert isinstance(mind, Mind)
    assert isinstance(mind, Remembers)
    assert find("mind", "llm-reader") is LLMReader


async def test_everybody_is_told_who_they_are_and_what_they_see() -> None:
    mind, ask = reader(lambda ask: opening())
    await mind.decide(shown([[5, -1, -1], [8, 9, 4], [1, 2, 3]]))
    ann, bob, third = (one.messages[1].text for one in ask.asked)
    assert '"Your name is Ann."' in ann
    assert '[1, "item 5"]\n</items-' in ann
    assert '"Your name is Bob."' in bob
    assert '[3, "item 4"]\n</items-' in bob
    assert '"Your name is reader 12."' in third


async def test_opening_nothing_is_an_answer() -> None:
    mind, _ = reader(lambda ask: opening())
    assert rows(await mind.decide(shown([[5, 6]]))) == []


async def test_before_whom_nothing_lies_is_not_asked() -> None:
    mind, ask = reader(lambda ask: opening((1, True)))
    assert rows(await mind.decide(shown([[-1, -1], [5, -1]]))) == [(11, "click", 5, 0.0), (11, "like", 5, 0.0)]
    assert len(ask.asked) == 1


async def test_duplicates_are_passed_on() -> None:
    mind, _ = reader(lambda ask: opening((1, False), (1, True)))
    assert [row[:3] for row in rows(await mind.decide(shown([[5, 6]])))] == [
        (10, "click", 5), (10, "click", 5), (10, "like", 5),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        opening((1, True), (2, True), (3, True)),  # more than two
        opening((4, True)),  # not shown
        opening((0, True)),
        opening((-1, False)),
        {"choices": [{"item": "1", "like": True}]},
        {"choices": [{"item": 1}]},
        {"choices": None},
        {"choices": [], "why": "bored"},
        [],
    ],
)
async def test_what_is_no_answer(said: Any) -> None:
    mind, _ = reader(lambda ask: said if ask.agent == 10 else opening((1, False)))
    found = rows(await mind.decide(shown([[5, 6, 7]] * 2)))
    assert found == [(10, "no_answer", -1, float(REASONS.index("invalid"))), (11, "click", 5, 0.0)]


@pytest.mark.parametrize(("outcome", "reason"), [("refused", "declined"), ("failed", "failed")])
async def test_refusals_and_failures_are_no_decision(outcome: Any, reason: str) -> None:
    mind, _ = reader(lambda ask: Answer(outcome, None, "no"))
    assert rows(await mind.decide(shown([[5, 6]]))) == [(10, "no_answer", -1, float(REASONS.index(reason)))]
    mind.remember(1, happened(10, []))
    assert mind.remembering.memory is not None
    assert len(mind.remembering.memory) == 0


async def test_a_stop_ends_it() -> None:
    mind, _ = reader(lambda ask: BudgetExceeded("the budget is spent.") if ask.agent == 10 else opening())
    with pytest.raises(BudgetExceeded, match="spent"):
        await mind.decide(shown([[5, 6]] * 2))


def test_the_schema_hangs_on_length_and_limit_only() -> None:
    assert reading(50, 10) is reading(50, 10)
    schema = json.loads(strict_schema(reading(7, 3)))
    assert schema["properties"]["choices"]["maxItems"] == 3
    (choice,) = schema["$defs"].values()
    assert choice["properties"] == {
        "item": {"type": "integer", "minimum": 1, "maximum": 7},
        "like": {"type": "boolean"},
    }


async def test_what_was_opened_is_remembered_and_comes_back() -> None:
    mind, ask = reader(lambda ask: opening((2, True), (1, False)))
    await mind.decide(shown([[5, 6]], tick=1))
    mind.remember(1, happened(10, [6, 5], [6]))
    assert mind.remembering.memory is not None
    entry = mind.remembering.memory.current(Scope(10))
    assert entry is not None
    assert (entry.text, entry.item, entry.tick) == ("I liked 'item 6'. I opened 'item 5'.", 6, 1)
    await mind.decide(shown([[5, 6], [5, 6]], tick=3))
    mine, others = (one.messages[1].text for one in ask.asked[1:])
    assert "\"2 rounds ago: I liked 'item 6'. I opened 'item 5'.\"" in mine
    assert "<memories-" not in others


async def test_memory_survives_a_checkpoint() -> None:
    first, _ = reader(lambda ask: opening((1, True)))
    await first.decide(shown([[5, 6]], tick=1))
    first.remember(1, happened(10, [5], [5]))
    second, asked = reader(lambda ask: opening())
    second.load(first.state())
    other, alike = reader(lambda ask: opening())
    other.load({name: array.copy() for name, array in first.state().items()})
    await second.decide(shown([[5, 6]], tick=2))
    await other.decide(shown([[5, 6]], tick=2))
    assert asked.asked[0].messages == alike.asked[0].messages
    assert "1 round ago" in asked.asked[0].messages[1].text


async def test_prompts_do_not_grow_with_what_was_lived_through() -> None:
    """Lists of 50 lines as the news town writes them, ten opened a tick: tick 40 at most 1.1 times tick 1."""
    people = seated([Persona(name=f"Reader {n}") for n in range(5)], 10)
    topics = ("sport", "culture", "politics", "economy", "local news")
    ask = Told(lambda ask: opening(*((1 + (ask.tick * 7 + n * 5) % 50, n < 3) for n in range(10))))
    mind = LLMReader(LLMReader.Config(), ask, people, store(), embedder())
    sizes = []
    for tick in range(41):

        def text(item: int, now: int = tick) -> str:
            return f"{topics[item % 5]}, by creator-{item % 100}, {1 + (item + now) % 5} ticks old, {item % 150} likes"

        items = (np.arange(50)[None, :] * 13 + np.arange(5)[:, None] * 29 + tick * 500) % 20_000
        actions = await mind.decide(shown(items.tolist(), tick=tick, limit=10, text=text))
        done = []
        for agent in range(10, 15):
            mine = actions.where(actions.agent == agent)
            done.append(happened(agent, *(mine.item[mine.kind == kind].tolist() for kind in (0, 1))))
        mind.remember(tick, Events.concat(done))
        sizes.append(np.mean([tokens(one.messages) for one in ask.asked[-5:]]))
    assert sizes[1] > sizes[0]
    assert sizes[40] <= 1.1 * sizes[1]
    assert sizes[40] <= 1.02 * sizes[10]


def test_prompts_keep_to_their_budget() -> None:
    mind, _ = reader(lambda ask: opening(), prompt_tokens=700)
    long = shown([list(range(20))], text=lambda item: "word " * 2000)
    question: Ask[Any] = mind.question(long.row(0), ["1 round ago: I opened 'x'."] * 5)
    assert 600 < tokens(question.messages) <= 700
