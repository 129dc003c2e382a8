"""Authors for whom a language model writes."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from townsquare.agents.minds.author import Warned
from townsquare.agents.minds.llm_author import LLMAuthor, Settled, Written, has_words
from townsquare.protocols import Observations
from townsquare.protocols.actions import KIND, Actions
from townsquare.protocols.asking import Answer, Ask
from townsquare.protocols.columns import IntArray
from townsquare.protocols.events import REASON
from townsquare.protocols.moderator import ACTION
from townsquare.protocols.post_kinds import ADVISED, WAY
from townsquare.protocols.post_kinds import KIND as POST
from townsquare.protocols.streams import Streams
from townsquare.sim.moderators.disguises import disguised

SILENT: Answer[Any] = Answer("invalid", why="nothing useful")
Replies = Callable[[Ask[Any]], Any]


def seen(kinds: Sequence[str] = ("toxic",), disguise: int = -1, items: Any = ((7, -1),)) -> Observations:
    n = len(kinds)
    items = np.array(items if len(items) == n else [items[0]] * n)
    traits = {
        "kind": np.array([float(POST[kind]) for kind in kinds]),
        "disguise": np.full(n, float(disguise)),
        "opinion": np.full(n, 0.3),
    }
    standing = np.full(items.shape, float(ACTION["remove"]))
    return Observations(
        4,
        "authors",
        "post",
        3 + np.arange(n),
        1,
        items,
        traits,
        {"standing": standing},
        text=lambda item: f"post {item}",
    )


def decided(
    replies: Replies, of: Observations, told: Sequence[Warned] | None = None
) -> tuple[Actions, list[Ask[Any]], list[str]]:
    asked: list[Ask[Any]] = []
    drafts: list[str] = []

    async def ask(question: Ask[Any], /) -> Answer[Any]:
        asked.append(question)
        reply = replies(question)
        if isinstance(reply, Answer):
            return reply
        value = question.answer.model_validate(reply)
        wrong = question.check(value)
        return Answer("invalid", None, wrong) if wrong else Answer("answered", value)

    async def advises(given: Sequence[str], agents: IntArray, tick: int) -> Sequence[Warned]:
        drafts.extend(given)
        return told or ()

    mind = LLMAuthor(
        LLMAuthor.Config(how=("digits for letters",), letters=1.0),
        ask,
        lambda agent: None,
        Streams(0),
        advises=None if told is None else advises,
        disguised=disguised,
    )
    return asyncio.run(mind.decide(of)), asked, drafts


def test_it_posts_what_it_was_asked_to_and_leaves_the_harm_to_the_words() -> None:
    done, (question,), _ = decided(lambda q: {"text": " Oh, \n you again. "}, seen())
    assert (done.kind.tolist(), done.text.tolist(), done.value.tolist()) == ([KIND["post"]], ["Oh, you again."], [0])
    assert done.vector[0, 0] == 0.3
    assert np.isnan(done.vector[0, 1])
    assert "a rude one" in question.messages[1].text
    assert "removed by a moderator: post 7" in question.messages[1].text
    assert has_words(Written(text="\u200b ")) == "text has no words"


def test_without_an_answer_it_posts_nothing() -> None:
    done, _, _ = decided(lambda q: SILENT if q.agent == 3 else {"text": "Nice day."}, seen(("toxic", "benign")))
    assert done.kind.tolist() == [KIND["no_answer"], KIND["post"]]
    assert done.value[0] == REASON["invalid"]
    assert done.agent.tolist() == [3, 4]


def test_a_disguise_is_put_on_by_code_and_not_on_benign_posts() -> None:
    done, _, _ = decided(lambda q: {"text": "also easy"}, seen(("toxic", "benign"), disguise=0))
    assert done.text[0] != "also easy"
    assert done.text[1] == "also easy"


@pytest.mark.parametrize(
    ("reply", "text", "value"),
    [
        ({"choice": "accept"}, "Well then.", "accepted"),
        ({"choice": "edit", "text": " Not you\nagain. "}, "Not you again.", "edited"),
        ({"choice": "ignore", "text": "something else"}, "You again!", "ignored"),
    ],
)
def test_it_takes_advice_edits_or_posts_the_draft_to_the_letter(reply: Any, text: str, value: str) -> None:
    told = [Warned(True, "Well then.", ("You: rude",), ("member-9 (imagined): anger",))]
    done, (_, question), drafts = decided(lambda q: {"text": "You again!"} if q.purpose == "write" else reply, seen(),
                                          told)  # fmt: skip
    assert drafts == ["You again!"]
    assert (done.text.tolist(), done.value.tolist()) == ([text], [ADVISED[value]])
    assert "member-9 (imagined): anger" in question.messages[1].text


@pytest.mark.parametrize("reply", [SILENT, {"choice": "edit"}, {"choice": "edit", "text": "You again!"}])
def test_without_a_decision_about_advice_nothing_is_posted(reply: Any) -> None:
    done, _, _ = decided(lambda q: {"text": "You again!"} if q.purpose == "write" else reply, seen(), [Warned(True)])
    assert done.kind.tolist() == [KIND["no_answer"]]


def test_what_was_not_suggested_cannot_be_accepted() -> None:
    _, (_, question), _ = decided(lambda q: {"text": "You!"} if q.purpose == "write" else {"choice": "ignore"}, seen(),
                                  [Warned(True)])  # fmt: skip
    assert issubclass(question.answer, Settled)
    with pytest.raises(ValueError, match="choice"):
        question.answer.model_validate({"choice": "accept"})


def test_whoever_is_not_warned_is_not_asked() -> None:
    done, asked, _ = decided(lambda q: {"text": "Nice day."}, seen(("benign",)), [Warned(False)])
    assert [question.purpose for question in asked] == ["write"]
    assert done.value.tolist() == [0]


def adapting(reply: Any) -> tuple[Actions, list[Ask[Any]]]:
    done = {"standing": np.array([[float(ACTION["limit"])]])}
    one, post = np.array([3]), np.array([[7]])
    of = Observations(4, "authors", "adapt", one, 1, post, {}, done, text=lambda item: f"post {item}")
    given, asked, _ = decided(lambda q: reply, of)
    return given, asked


@pytest.mark.parametrize("way", WAY)
def test_it_says_how_it_goes_on(way: str) -> None:
    done, (question,) = adapting({"way": way})
    assert (done.kind.tolist(), done.item.tolist(), done.value.tolist()) == ([KIND["adapt"]], [7], [WAY[way]])
    assert "reach fewer people" in question.messages[1].text
    assert question.purpose == "adapt"


def test_no_answer_is_no_decision_to_go_on() -> None:
    done, _ = adapting(SILENT)
    assert done.kind.tolist() == [KIND["no_answer"]]
