"""Members that a language model stands for."""

import asyncio

import numpy as np
import pytest
from pydantic import ValidationError

from townsquare.agents.minds.llm_member import Browsing, LLMMember, Post, browsing, consistent, has_words
from townsquare.protocols import Observations
from townsquare.protocols.actions import KIND
from townsquare.protocols.asking import Answer
from townsquare.protocols.events import REASON


def seen(items=((7, 8, 9),), opinion=0.4, task="browse"):
    items = np.array(items)
    traits = {"opinion": np.full(len(items), opinion)}

    def text(item: int) -> str:
        return "Close the centre?" if item == 0 else f"post {item}"

    return Observations(
        2, "members", task, 3 + np.arange(len(items)), 3, items, traits, elsewhere=np.array([0]), text=text
    )


def decided(answer, of=None, *, own=True):
    asked = []

    async def ask(question):
        asked.append(question)
        if isinstance(answer, Answer):
            return answer
        return Answer("answered", question.answer.model_validate(answer))

    mind = LLMMember(LLMMember.Config(own=own), ask, lambda agent: None)
    return asyncio.run(mind.decide(seen() if of is None else of)), asked


READS = [{"post": 2, "like": True, "answer": "", "objects": False}, {"post": 1, "like": False, "answer": "Not so.",
         "objects": True}]  # fmt: skip


def test_it_reads_likes_answers_and_says_what_it_thinks():
    done, (question,) = decided({"reads": READS, "opinion": 45, "moved_by": 2})
    rows = list(zip(done.kind.tolist(), done.item.tolist(), done.value.tolist(), strict=True))
    assert rows == [(KIND["click"], 8, 0), (KIND["click"], 7, 0), (KIND["like"], 8, 0), (KIND["post"], 7, 1),
                    (KIND["opinion"], 8, 0.45)]  # fmt: skip
    reply = done.where(done.kind == KIND["post"])
    assert reply.text.tolist() == ["Not so."]
    assert reply.vector[0, 0] == 0.4
    assert np.isnan(reply.vector[0, 1])
    assert (question.purpose, question.agent) == ("browse", 3)
    assert "stands at 40" in question.messages[1].text


def test_the_number_it_was_told_is_no_new_opinion():
    done, _ = decided({"reads": READS, "opinion": 40, "moved_by": 0})
    assert KIND["opinion"] not in done.kind


def test_moved_by_nothing_in_particular():
    done, _ = decided({"reads": [], "opinion": 30, "moved_by": 0})
    assert (done.kind.tolist(), done.item.tolist(), done.value.tolist()) == ([KIND["opinion"]], [-1], [0.3])


def test_under_a_rule_there_is_no_opinion_to_say():
    done, (question,) = decided({"reads": READS}, own=False)
    assert KIND["opinion"] not in done.kind
    assert "opinion" not in question.answer.model_fields


def test_without_an_answer_it_is_silent():
    done, _ = decided(Answer("refused", why="no"))
    assert (done.kind.tolist(), done.value.tolist()) == ([KIND["no_answer"]], [REASON["declined"]])


def test_nobody_is_asked_about_an_empty_timeline():
    done, asked = decided({}, seen(((-1, -1),)))
    assert len(done) == len(asked) == 0


def test_it_posts_what_it_thinks():
    done, (question,) = decided({"text": " Well \n then "}, seen(np.zeros((1, 0), int), task="post"))
    assert (done.kind.tolist(), done.item.tolist(), done.text.tolist()) == ([KIND["post"]], [-1], ["Well then"])
    assert question.purpose == "post"
    assert has_words(Post(text="\u200b ")) == "text has no words"


@pytest.mark.parametrize("answer", [{"reads": READS, "opinion": 101, "moved_by": 0}, {"reads": READS, "moved_by": 0},
                                    {"reads": [{"post": 4, "like": True}], "opinion": 40, "moved_by": 0}])  # fmt: skip
def test_what_is_out_of_range_is_no_answer(answer):
    with pytest.raises(ValidationError):
        browsing(3, True).model_validate(answer)


def test_an_answer_has_to_make_sense():
    def wrong(**answer) -> str:
        made: Browsing = browsing(3, True).model_validate(answer)
        return consistent(made)

    assert wrong(reads=READS, opinion=1, moved_by=2) == ""
    assert "moved_by is 3" in wrong(reads=READS, opinion=1, moved_by=3)
    assert "named twice" in wrong(reads=[READS[0], READS[0]], opinion=1, moved_by=0)
