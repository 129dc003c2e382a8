"""How far a campaign moved members in a tick."""

import numpy as np
import pytest

from townsquare.sim.environments.timeline_posts import TimelinePosts
from townsquare.sim.measures.campaign import campaign
from townsquare.sim.measures.timeline_view import TimelineView


def view(goal=1, **changed):
    posts = TimelinePosts("?", 3)
    author, stance = np.array([2, 3, 4]), np.array([0.9, 0.8, 0.1])
    posts.add(0, author, stance, np.zeros(3), np.full(3, -1), [""] * 3, seat=author)
    before = np.array([0.5, 0.6, 0.3])
    moves = np.array([0, 0, 1]), np.array([1, 2, 2]), np.array([0.04, -0.01, 0.02])
    whole = {
        "tick": 0, "n_members": 3, "n_persuaders": 1, "n_bots": 1, "goal": goal, "started": before - 0.01,
        "before": before, "opinions": np.array([0.53, 0.62, 0.3]), "tolerance": np.full(3, 0.3),
        "hostile": np.zeros(3, bool), "posts": posts, "new": np.array([1, 2, 3]), "harmful": 0.6,
        "shown": np.array([[1, 2], [2, -1], [-1, -1]]), "sources": np.zeros((3, 2), np.int8),
        "reads": (np.array([0, 0, 1]), np.array([1, 2, 2])), "likes": (np.array([0]), np.array([2])), "moves": moves,
    }  # fmt: skip
    return TimelineView(**(whole | changed))


def test_moves_are_told_apart_by_who_caused_them():
    found = campaign(view())
    assert found["move_by_persuaders"] == pytest.approx(0.01 / 3)
    assert found["move_by_members"] == pytest.approx(0.04 / 3)
    assert found["opinion_move"] == pytest.approx((0.04 + 0.03 + 0.01) / 3)
    down = campaign(view(goal=-1))
    assert down["move_by_persuaders"] == pytest.approx(-0.01 / 3)


def test_shares_of_what_is_shown_read_and_liked():
    found = campaign(view())
    assert found["shown_persuaders"] == pytest.approx(2 / 3)
    assert found["read_persuaders"] == pytest.approx(2 / 3)
    assert found["liked_persuaders"] == 1
    assert found["reached"] == pytest.approx(2 / 3)
    assert found["members_moved"] == pytest.approx(2 / 3)
    assert found["shown_across"] == 0
    assert found["shown_distance"] == pytest.approx((0.4 + 0.3 + 0.2) / 3)
    assert found["posts_new"] == 2  # the third is a bot's


def test_where_nothing_is_shown_there_is_no_share_of_it():
    none = np.zeros(0, np.int64)
    empty = {
        "shown": np.full((3, 2), -1),
        "reads": (none, none),
        "likes": (none, none),
        "moves": (none, none, none * 0.0),
    }
    found = campaign(view(**empty))
    assert np.isnan(found["shown_persuaders"])
    assert found["reached"] == 0
