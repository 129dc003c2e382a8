"""Persuaders that a language model stands for."""

import asyncio

import numpy as np

from townsquare.agents.minds.llm_persuader import LLMPersuader, audience_of
from townsquare.protocols import Observations
from townsquare.protocols.actions import KIND
from townsquare.protocols.asking import Answer


def seen(audience=None, items=((5, 6, 7),)):
    items = np.array(items)
    traits = {"goal": np.ones(len(items)), "stance": np.full(len(items), 0.8)}
    if audience is not None:
        traits["audience"] = np.tile(audience, (len(items), 1))
    features = {"likes": np.where(items >= 0, items % 7, 0).astype(float)}
    return Observations(
        2, "persuaders", "persuade", 9 + np.arange(len(items)), 2, items, traits, features, elsewhere=np.array([0]),
        text=lambda item: f"text {item}",
    )  # fmt: skip


def decided(of, *, fails=()):
    asked = []

    async def ask(question):
        asked.append(question)
        if question.number in fails:
            return Answer("failed", why="nothing came")
        return Answer("answered", question.answer.model_validate({"text": f"post {question.number}", "stance": 70}))

    mind = LLMPersuader(LLMPersuader.Config(posted=2), ask)
    return asyncio.run(mind.decide(of)), [question.messages[1].text for question in asked]


def test_the_second_post_knows_the_first():
    done, (first, second) = decided(seen())
    assert done.text.tolist() == ["post 0", "post 1"]
    assert done.vector[:, 0].tolist() == [0.7, 0.7]
    assert np.isnan(done.vector[:, 1]).all()
    assert "post 0" not in first
    assert "post 0" in second


def test_it_is_shown_its_posts_with_most_likes():
    _, (first, _) = decided(seen())
    assert first.index("text 6") < first.index("text 5")
    assert "text 7" not in first
    assert "text 0" in first


def test_it_knows_of_an_audience_only_what_the_town_tells():
    assert "lean the other way" not in decided(seen())[1][0]
    assert "lean the other way" not in decided(seen([np.nan] * 3))[1][0]
    assert "Of your posts' 31 latest readers 60 % lean" in decided(seen([0.42, 0.6, 31.0]))[1][0]
    known = audience_of(seen([0.42, 0.6, 31.0]).row(0))
    assert known is not None
    assert (known.mean, known.against, known.reached) == (42, 60, 31)


def test_a_post_that_was_not_written_is_no_answer():
    done, _ = decided(seen(), fails=(0,))
    assert done.kind.tolist() == [KIND["no_answer"], KIND["post"]]
