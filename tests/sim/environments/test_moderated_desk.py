"""The channel's moderator and readers' filters at one desk."""

import json

import numpy as np

from townsquare.protocols.moderator import ACTION, Posts, Span, Verdicts
from townsquare.sim.environments.moderated_desk import Desk
from townsquare.sim.environments.moderated_notes import Notes
from townsquare.sim.scenarios.moderation import Policy

TEXTS = ["You are all idiots.", "I cried all night.", "Lovely morning.", "Those idiots in the play were wonderful."]


class Scripted:
    """Says what it was told to say."""

    def __init__(self, actions: list[str], categories: list[str] | None = None) -> None:
        self.actions, self.categories = actions, categories or []

    async def review(self, posts: Posts) -> Verdicts:
        action = np.array([ACTION[name] for name in self.actions], np.int8)
        spans = [(Span(0, 3),)] * len(posts)
        return Verdicts(action, np.full(len(posts), 0.7), ["because"] * len(posts), self.categories, spans)


async def test_opposite_policies_hide_opposite_posts_of_one_stream() -> None:
    policies = (Policy(name="calm", share=0.5, block=("toxic",)), Policy(name="rough", share=0.5, block=("negative",)))
    desk = Desk(None, policies, Notes())
    given = await desk.review(Posts.of_texts(TEXTS))
    assert given.hidden.tolist() == [[True, False, False, True], [False, True, False, False]]
    assert (given.action == ACTION["abstain"]).all()
    assert not desk.rules


async def test_protected_words_keep_a_post() -> None:
    policy = Policy(name="calm", share=1, block=("toxic",), protect=("play",), words=("lovely",))
    notes = Notes()
    given = await Desk(None, (policy,), notes).review(Posts.of_texts(TEXTS))
    assert given.hidden.tolist() == [[True, False, True, False]]
    rows = notes.take(4, {}).to_pylist()
    assert [(row["item"], row["rationale"], row["action"]) for row in rows] == [
        (0, "hidden", "remove"), (2, "hidden", "remove"), (3, "protected", "show")]  # fmt: skip
    assert json.loads(rows[0]["spans"]) == [[0, 19]]
    assert json.loads(rows[0]["evidence"]) == ["You are all idiots."]


async def test_a_moderator_tells_filters_what_posts_are() -> None:
    policy = Policy(name="calm", share=1, block=("toxic",))
    tells = Scripted(["show", "remove", "remove", "abstain"], ["benign", "toxic", "harmful", "toxic"])
    for breaks, hidden in ((("spam", "toxic"), [False, True, True, False]), (("spam",), [False, True, False, False])):
        desk = Desk(None, (policy,), Notes(), tells=tells, breaks=breaks)
        given = await desk.review(Posts.of_texts(["a b", "c d", "e f", "g h"]))
        assert given.hidden.tolist() == [hidden]


async def test_verdicts_of_the_channel_go_through_and_are_noted() -> None:
    notes = Notes()
    desk = Desk(Scripted(["hold", "show"]), (), notes)
    given = await desk.review(Posts.of_texts(["first", "second"]))
    assert given.action.tolist() == [ACTION["hold"], ACTION["show"]]
    assert given.hidden.shape == (0, 2)
    rows = notes.take(2, {}).to_pylist()
    assert [(row["tick"], row["by"], row["action"], row["rationale"]) for row in rows] == [
        (2, "channel", "hold", "because"), (2, "channel", "show", "because")]  # fmt: skip
    assert notes.take(3, {}) is None


def test_a_draft_is_found_again_as_the_post_that_it_became() -> None:
    notes = Notes()
    notes.add("author", -1, "warn", 0.5, agent=4)
    notes.add("author", -1, "warn", 0.5, agent=5)
    assert [row["item"] for row in notes.take(0, {4: 17}).to_pylist()] == [17, -1]
