"""Who looks at drafts on a moderated timeline, and what that may touch."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import townsquare as ts
from townsquare.build import build
from townsquare.build.authors import personas_of
from townsquare.build.draft_advice import Audience, advised_by, warned_by
from townsquare.build.town import Built, state_of
from townsquare.protocols.asking import Answer, Ask
from townsquare.protocols.moderator import Posts, Verdicts
from townsquare.protocols.streams import Streams
from townsquare.runs import resolve
from townsquare.sim.environments.moderated import Moderated
from townsquare.sim.environments.moderated_notes import Notes
from townsquare.sim.scenarios.authors import Advising
from townsquare.ticking import one_tick

TOWN: dict[str, Any] = {"members.count": 60, "members.posts": 0.5, "recommender.name": "random", "kinds.toxic": 0.3,
                        "moderator.name": "harm-words"}  # fmt: skip
DRAFT = "The bridge is late again. The planners are idiots."
CLEAN = "The bridge is late again. The planners are slow."


async def a_town(ticks: int = 2) -> tuple[Built, Moderated]:
    scenario = resolve("moderation", 1, TOWN)
    built = build(scenario)
    for tick in range(ticks):
        await one_tick(built, scenario, tick)
    assert isinstance(built.environment, Moderated)
    return built, built.environment


def audience(town: Moderated) -> Audience:
    return Audience(town.cast, personas_of(town.scenario, town.streams, town.cast.name), town.posts, town.streams)


class Asked:
    """A scripted model that finds the word idiots, and notes what it is asked."""

    def __init__(self, silent: Sequence[str] = ()) -> None:
        self.silent = silent
        self.asks: list[Ask[Any]] = []

    async def __call__(self, question: Ask[Any], /) -> Answer[Any]:
        self.asks.append(question)
        if question.purpose in self.silent:
            return Answer("refused", None, "the model declined")
        found = "idiots" in question.messages[1].text
        replies: dict[str, Any] = {
            "detect": {"parts": [{"quote": "idiots", "kind": "insult", "why": "belittles"}] if found else []},
            "score": {"harm": 0.9 if found else 0.1},
            "imagine": {"emotion": "anger", "reply": "Come on.", "would_report": False},
            "rewrite": {"text": CLEAN},
        }
        return Answer("answered", question.answer.model_validate(replies[question.purpose]))

    def agents(self, purpose: str) -> list[int]:
        return [question.agent for question in self.asks if question.purpose == purpose]


async def test_followers_are_imagined_who_are_there_and_nothing_they_remember_changes() -> None:
    built, town = await a_town()
    before = {name: np.asarray(column).tobytes() for name, column in state_of(built).items()}
    assert {"opinions", "posts.texts"} <= before.keys()
    asked, notes = Asked(), Notes()
    advises = advised_by(Advising(parts="model", audience=4), Streams(1), asked, notes, audience(town))
    author = int(np.argmax(np.bincount(town.cast.follows.indices)))
    (told,) = await advises([DRAFT], np.array([author]), 2)
    really = set(np.flatnonzero(town.cast.follows.toarray()[:, author]).tolist())
    assert len(set(asked.agents("imagine"))) == 4
    assert set(asked.agents("imagine")) <= really
    assert {name: np.asarray(column).tobytes() for name, column in state_of(built).items()} == before
    assert (told.warned, told.suggestion, told.why) == (True, CLEAN, ("idiots: belittles",))
    assert [line.partition(":")[0] for line in told.reactions] == [
        f"{town.cast.name(one)} (imagined)" for one in asked.agents("imagine")
    ]
    rows = notes.take(2, {author: 7})
    assert rows is not None
    (row,) = rows.to_pylist()
    assert (row["item"], row["action"], row["score"]) == (7, "warn", pytest.approx(0.9))
    assert json.loads(row["spans"]) == [[DRAFT.index("idiots"), DRAFT.index("idiots") + 6]]
    assert json.loads(row["evidence"]) == [CLEAN, *told.reactions]


async def test_every_question_has_a_place_of_its_own() -> None:
    """Two authors with the same followers, and a rewrite that is scored as the draft was."""
    _, town = await a_town(1)
    asked = Asked()
    advises = advised_by(Advising(parts="model", audience=20), Streams(1), asked, Notes(), audience(town))
    await advises([DRAFT, DRAFT], np.array([5, 6]), 2)
    places = [(question.purpose, question.agent, question.number) for question in asked.asks]
    assert len(set(places)) == len(places)
    assert len(set(asked.agents("imagine"))) < len(asked.agents("imagine"))  # some follow both


async def test_nobody_knows_is_not_harmless_and_is_on_record() -> None:
    _, town = await a_town(0)
    for silent in ("detect", "score"):
        asked, notes = Asked([silent]), Notes()
        advises = advised_by(Advising(parts="model"), Streams(1), asked, notes, audience(town))
        (told,) = await advises([DRAFT], np.array([5]), 2)
        assert not told.warned
        rows = notes.take(2, {})
        assert rows is not None
        assert [(row["action"], row["score"]) for row in rows.to_pylist()] == [("abstain", 0.5)]
        assert asked.agents("rewrite") == asked.agents("imagine") == []


async def test_without_a_good_rewrite_the_warning_stands() -> None:
    _, town = await a_town(0)
    asked = Asked(["rewrite", "imagine"])
    advises = advised_by(Advising(parts="model", rewrites=2), Streams(1), asked, Notes(), audience(town))
    (told,) = await advises([DRAFT], np.array([5]), 2)
    assert (told.warned, told.suggestion, told.reactions) == (True, None, ())
    assert len(asked.agents("rewrite")) == 2


async def test_earlier_posts_are_read_with_consent_only() -> None:
    _, town = await a_town(3)
    author = int(np.bincount(town.posts["author"][1:]).argmax())
    own = {town.posts.texts[item] for item in np.flatnonzero(town.posts["author"] == author)}
    for share in (0.0, 1.0):
        asked = Asked()
        of = Advising(parts="model", consent=share, audience=0)
        await advised_by(of, Streams(1), asked, Notes(), audience(town))([DRAFT], np.array([author]), 3)
        (rewrite,) = (question for question in asked.asks if question.purpose == "rewrite")
        assert ("<style-" in rewrite.messages[1].text) == bool(share)
        assert any(json.dumps(text)[1:-1] in rewrite.messages[1].text for text in own) == bool(share)


async def test_a_moderator_warns_of_what_it_would_do_something_about() -> None:
    seen: list[int] = []

    class Strict:
        async def review(self, posts: Posts) -> Verdicts:
            seen.extend(posts.items.tolist())
            bad = np.array(["idiots" in text for text in posts.texts()])
            return Verdicts(np.where(bad, 2, 0).astype(np.int8), bad * 1.0, ["an insult" if b else "" for b in bad])

    notes = Notes()
    told = await warned_by(Strict(), notes)([CLEAN, DRAFT], np.array([9, 4]), 0)
    assert [(one.warned, one.why) for one in told] == [(False, ()), (True, ("an insult",))]
    assert seen == [9, 4]
    rows = notes.take(0, {9: 1, 4: 2})
    assert rows is not None
    assert [(row["agent"], row["item"], row["action"]) for row in rows.to_pylist()] == [
        (4, 2, "warn"),
        (9, 1, "abstain"),
    ]


def test_by_words_nobody_is_asked_and_followers_are_imagined_all_the_same(tmp_path: Path) -> None:
    values = TOWN | {"ticks": 2, "moderator.name": "none", "author.advice.name": "draft-advisor"}
    of = ts.run("moderation", seed=1, set=values, out=tmp_path / "run")
    warned = of.verdicts()
    warned = warned[(warned["by"] == "author") & (warned["action"] == "warn")]
    assert len(warned) > 5
    assert warned["evidence"].str.contains("(imagined)", regex=False).mean() > 0.8
    none = ts.run("moderation", seed=1, set=values | {"author.advice.audience": 0}, out=tmp_path / "none")
    assert none.info.digest == of.info.digest
    assert not none.verdicts()["evidence"].str.contains("(imagined)", regex=False).any()
