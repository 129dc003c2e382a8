"""What a timeline takes, and why not the rest."""

import numpy as np

from townsquare.protocols import Actions
from townsquare.protocols.events import REASONS
from townsquare.sim.environments import timeline_judge

PARENTS = np.array([False, True, False])
LIMITS = np.array([1, 2, 0])


def post(agents, items=None, vectors=None, text=None):
    n = len(agents)
    items = np.full(n, -1) if items is None else np.array(items)
    vectors = np.tile([0.5, 0.1], (n, 1)) if vectors is None else np.array(vectors, float)
    return Actions.of("post", np.array(agents), items, vector=vectors, text=text)


def why(actions):
    return [REASONS[code] for code in timeline_judge.posts(actions, LIMITS, PARENTS)]


def test_posts_within_the_limit_are_taken():
    assert why(post([0, 0, 1, 1, 1])) == ["", "over the limit", "", "", "over the limit"]


def test_only_those_who_were_asked_may_post():
    assert why(post([2, 3, -1])) == ["not allowed"] * 3
    assert why(Actions.of("click", np.array([0]), np.array([1]))) == ["not allowed"]


def test_only_what_is_there_can_be_answered():
    assert why(post([0, 1, 1], [1, 2, 9])) == ["", "unknown item", "unknown item"]


def test_content_is_a_stance_and_a_harm():
    bad = [[1.1, 0.0], [np.nan, 0.0], [0.5, -0.1]]
    assert why(post([0, 1, 1], vectors=bad)) == ["not allowed"] * 3
    assert why(post([0], vectors=[[0.5]])) == ["not allowed"]
    assert why(post([0], vectors=[[0.5, np.nan]])) == [""]


def test_harm_that_nobody_tells_is_read_from_the_words():
    of = post([0, 1], vectors=[[0.25, np.nan], [0.75, 0.3]], text=["You are all idiots.", "You are all idiots."])
    stance, harm = timeline_judge.content(of)
    assert stance.tolist() == [0.25, 0.75]
    assert harm[0] >= 0.6
    assert harm[1] == 0.3


def test_opinions_are_about_what_was_read_and_in_range():
    said = Actions.of("opinion", np.array([0, 0, 1, 1, 5, 1]), np.array([4, 3, -1, 4, 4, -1]),
                      value=np.array([0.2, 0.2, 1.0, np.nan, 0.5, 0.3]))  # fmt: skip
    reads = np.array([0 * 100 + 4, 1 * 100 + 4])
    found = [REASONS[code] for code in timeline_judge.opinions(said, reads, 100, 2)]
    assert found == ["", "not shown", "", "not allowed", "not allowed", "twice"]
