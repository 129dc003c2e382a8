"""A creator that asks a language model: prompts, posts with words and vectors, and no answer for one of several."""

from typing import Any

import numpy as np
import pytest

from tests.agents.minds.askers import Told
from townsquare.agents.minds.llm_creator import LLMCreator, article
from townsquare.agents.persona_sampling import seated
from townsquare.agents.personas import Persona
from townsquare.protocols import Mind, Observations, find
from townsquare.protocols.asking import Answer
from townsquare.protocols.events import REASONS

CATEGORIES = ("sport", "culture", "politics")
PEOPLE = seated([Persona(name="Ann")], 100)


def place(agent: int, category: int, text: str, tick: int, ordinal: int) -> Any:
    return np.array([agent, category, len(text), tick, ordinal], float)


def town(items: Any, likes: Any, elsewhere: Any, limit: int = 2, tick: int = 3, first: int = 100) -> Observations:
    items = np.array(items)
    return Observations(
        tick, "writers", "create", np.arange(first, first + len(items)), limit, items,
        features={"likes": np.array(likes, float)}, elsewhere=np.array(elsewhere, int),
        text=lambda item: f"article {item}", seats=np.arange(len(items)),
    )  # fmt: skip


def creator(say: Any, **more: Any) -> tuple[LLMCreator, Told]:
    ask = Told(say)
    return LLMCreator(LLMCreator.Config(**more), ask, PEOPLE, place, CATEGORIES), ask


def story(ask: Any) -> dict[str, Any]:
    return {"title": f"Title {ask.number}", "text": f"Words of {ask.agent}.", "category": ask.number + 1}


def block(text: str, kind: str) -> list[str]:
    rest = text.partition(f"<{kind}-")[2]
    return rest.split("\n</")[0].split("\n")[1:] if rest else []


async def test_posts_carry_words_and_vectors_in_order() -> None:
    mind, ask = creator(story)
    actions = await mind.decide(town([[-1], [-1]], [[0], [0]], []))
    assert actions.agent.tolist() == [100, 100, 101, 101]
    assert actions.kind.tolist() == [2] * 4
    assert actions.item.tolist() == [-1] * 4
    assert actions.text.tolist() == [f"Title {n}\nWords of {agent}." for agent in (100, 101) for n in (0, 1)]
    length = len("Title 0\nWords of 100.")
    assert actions.vector.tolist() == [[a, n, length, 3, n] for a in (100, 101) for n in (0, 1)]
    assert sorted((one.agent, one.number, one.purpose) for one in ask.asked) == [
        (100, 0, "create"), (100, 1, "create"), (101, 0, "create"), (101, 1, "create"),
    ]  # fmt: skip
    assert isinstance(mind, Mind)
    assert find("mind", "llm-creator") is LLMCreator


async def test_the_second_article_knows_the_first() -> None:
    mind, ask = creator(story)
    await mind.decide(town([[-1]], [[0]], []))
    first, second = (one.messages[1].text for one in ask.asked)
    assert block(first, "written") == []
    assert block(second, "written") == ['"Title 0"']
    assert "article 2 of 2" in second


async def test_own_articles_by_likes_and_others_spread_out() -> None:
    mind, ask = creator(story, published=2, around=3)
    await mind.decide(town([[4, 7, 9, -1]], [[1, 5, 5, 0]], [4, 5, 6, 7, 8, 9, 10, 11, 12, 13], limit=1))
    text = ask.asked[0].messages[1].text
    assert block(text, "published") == ['"article 9"', '"article 7"']
    around = block(text, "around")
    assert len(set(around)) == 3
    assert not {'"article 4"', '"article 7"', '"article 9"'} & set(around)
    assert block(text, "categories") == ['[1, "sport"]', '[2, "culture"]', '[3, "politics"]']
    assert block(text, "you") == ['"Your name is Ann."']


async def test_what_goes_round_is_looked_at_in_other_places_each_time() -> None:
    mind, ask = creator(story, around=5)
    for tick in (3, 4):
        await mind.decide(town([[-1]] * 4, [[0]] * 4, range(200), limit=1, tick=tick))
    seen = [tuple(block(one.messages[1].text, "around")) for one in ask.asked]
    assert {len(set(one)) for one in seen} == {5}
    assert len(set(seen)) >= 6


async def test_no_answer_for_one_article_leaves_the_others() -> None:
    mind, _ = creator(lambda ask: Answer("refused", None, "no") if (ask.agent, ask.number) == (100, 0) else story(ask))
    actions = await mind.decide(town([[-1], [-1]], [[0], [0]], []))
    assert actions.kind.tolist() == [3, 2, 2, 2]
    assert REASONS[int(actions.value[0])] == "declined"
    assert np.isnan(actions.vector[0]).all()
    assert actions.text.tolist()[0] == ""


@pytest.mark.parametrize(
    "said",
    [
        {"title": "", "text": "words", "category": 1},
        {"title": "\u200b\u200b", "text": "words", "category": 1},
        {"title": "T", "text": " \n ", "category": 1},
        {"title": "T", "text": "words", "category": 4},
        {"title": "T", "text": "words", "category": 0},
        {"title": "T" * 201, "text": "words", "category": 1},
        {"title": "T", "text": "w" * 4001, "category": 1},
        {"title": "T", "text": "words"},
    ],
)
async def test_what_is_no_article(said: dict[str, Any]) -> None:
    mind, _ = creator(lambda ask: said)
    actions = await mind.decide(town([[-1]], [[0]], [], limit=1))
    assert actions.kind.tolist() == [3]
    assert REASONS[int(actions.value[0])] == "invalid"


async def test_a_title_cannot_have_a_second_line() -> None:
    """The town takes the first line of a text for its title."""
    mind, _ = creator(lambda ask: {"title": "One\nTwo", "text": "a\n\nb\u202e", "category": 1})
    actions = await mind.decide(town([[-1]], [[0]], [], limit=1))
    assert actions.text.tolist() == ["One Two\na b"]


def test_without_categories_there_is_nothing_to_write_for() -> None:
    with pytest.raises(ValueError, match="at least one category"):
        LLMCreator(LLMCreator.Config(), Told(story), PEOPLE, place, ())
    assert article(3) is article(3)
