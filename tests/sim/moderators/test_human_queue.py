"""Posts wait for a person, and a run that is done again meets the same verdicts."""

from pathlib import Path
from typing import Any

import pytest

from tests.sim.moderators.known import known
from tests.sim.moderators.labelled_texts import examples
from townsquare.protocols import Streams
from townsquare.protocols.asking import Answer
from townsquare.protocols.moderator import ACTION, ACTIONS, Learner, Posts
from townsquare.sim.moderators.human_queue import HumanQueue
from townsquare.sim.moderators.lexicon import Lexicon

known("moderator", "lexicon", Lexicon)
TEXTS = ["hello", "you fool", "you idiot"]
FIRST = {"name": "lexicon", "entries": [{"pattern": "fool", "worth": 0.6, "category": "mild"}, "idiot"]}


def moderator(path: Path | str = "", **settings: Any) -> HumanQueue:
    return HumanQueue(HumanQueue.Config.model_validate({"path": str(path), **settings}), Streams(0))


async def said(made: HumanQueue, tick: int) -> list[str]:
    verdicts = await made.review(Posts.of_texts(TEXTS, tick))
    return [ACTIONS[code] for code in verdicts.action]


async def test_everything_waits_where_nobody_looks_first() -> None:
    made = moderator()
    assert await said(made, 0) == ["hold"] * 3
    assert [post.text for post in made.queue.open()] == TEXTS


async def test_what_the_first_one_minds_waits_with_its_reasons(tmp_path: Path) -> None:
    made = moderator(tmp_path / "q", first=FIRST)
    assert await said(made, 0) == ["show", "hold", "hold"]
    post = made.queue.post(1)
    assert (post.text, post.score, post.category, post.why, post.evidence) == (
        "you fool", 0.6, "mild", "holds fool", ("fool",),
    )  # fmt: skip
    assert post.text[slice(*post.spans[0])] == "fool"


async def test_what_the_first_one_is_sure_of_does_not_wait() -> None:
    made = moderator(first=FIRST, sure=0.9)
    assert await said(made, 0) == ["show", "hold", "remove"]


async def test_decisions_take_effect_and_replays_are_the_same(tmp_path: Path) -> None:
    path = tmp_path / "queue.sqlite"
    made = moderator(path, first=FIRST)
    first = await said(made, 0)
    made.queue.decide(1, "label", "mild enough")
    second = await said(made, 1)
    assert second == ["show", "label", "hold"]
    verdicts = await made.review(Posts.of_texts(TEXTS, 1))
    assert verdicts.rationale[1] == "mild enough"
    assert verdicts.score.tolist() == [0.0, 1.0, 1.0]
    made.queue.decide(1, "show")
    again = moderator(path, first=FIRST)
    assert [await said(again, 0), await said(again, 1)] == [first, second]
    assert await said(again, 2) == ["show", "show", "hold"]


async def test_the_first_one_is_taught_and_what_it_abstains_from_waits() -> None:
    made = moderator(first={"name": "retrieval"})
    made.learn(examples())
    verdicts = await made.review(Posts.of_texts(["claim your free prize", "see you at lunch today", "xylophone"]))
    assert verdicts.action.tolist() == [ACTION["hold"], ACTION["show"], ACTION["hold"]]


def test_it_learns_and_asks_only_as_the_first_one_does() -> None:
    assert not isinstance(moderator(first=FIRST), Learner)
    assert isinstance(moderator(first={"name": "linear"}), Learner)
    assert not hasattr(moderator(first=FIRST), "ask")
    assert moderator(first={"name": "zero-shot"}).ask is None


async def test_a_model_is_asked_through_it_and_what_it_does_not_know_waits() -> None:
    made = moderator(first={"name": "zero-shot"})

    async def silent(ask: Any) -> Answer[Any]:
        return Answer("failed", None, "nobody is there")

    made.ask = silent
    verdicts = await made.review(Posts.of_texts(["you fool"]))
    assert verdicts.action.tolist() == [ACTION["hold"]]
    assert made.queue.post(1).why.startswith("no valid answer (failed)")


async def test_nothing_to_review() -> None:
    assert len((await moderator().review(Posts.of_texts([]))).action) == 0


@pytest.mark.parametrize("sure", [0.5, 1.1])
def test_settings(sure: float) -> None:
    with pytest.raises(ValueError, match="sure"):
        moderator(sure=sure)
