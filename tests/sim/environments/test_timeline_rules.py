"""Bounded confidence, one post after the other."""

import numpy as np
import pytest

from townsquare.sim.environments.timeline_rules import bounded


def moved(opinion, stances, *, read=None, mu=0.5, eps=0.3):
    stance = np.array([stances], float)
    read = np.ones(stance.shape, bool) if read is None else np.array([read])
    after, where = bounded(np.array([opinion]), stance, read, np.array([mu]), np.array([eps]))
    return after[0].tolist(), where[0].tolist()


def test_each_post_moves_from_where_the_last_one_left():
    assert moved(0.5, [0.7, 0.7]) == ([0.6, 0.65], [True, True])
    assert moved(0.5, [0.7, 0.9]) == ([0.6, 0.6], [True, False])  # .9 is .3 away from .6, and that is too far


def test_what_is_not_read_does_not_move():
    assert moved(0.5, [0.7, 0.4], read=[False, True]) == ([0.5, 0.45], [False, True])


def test_a_distance_equal_to_the_tolerance_does_not_move():
    assert moved(0.5, [0.8], eps=0.3) == ([0.5], [False])
    assert moved(0.5, [0.8], eps=0.30001)[1] == [True]


def test_what_is_too_small_for_the_log_is_no_move():
    assert moved(0.5, [0.500004], mu=0.5) == ([0.5], [False])


@pytest.mark.parametrize("mu", [0.0, 1.0])
def test_nobody_and_everything(mu):
    assert moved(0.5, [0.6], mu=mu)[0] == [0.5 if mu == 0 else 0.6]


def test_opinions_stay_within_their_range():
    rng = np.random.default_rng(0)
    opinion, stance = rng.random(200), rng.random((200, 8))
    after, _ = bounded(opinion, stance, rng.random((200, 8)) < 0.5, rng.random(200), rng.random(200))
    assert after.min() >= 0
    assert after.max() <= 1
    nothing, none = bounded(opinion, np.zeros((200, 0)), np.zeros((200, 0), bool), rng.random(200), rng.random(200))
    assert nothing.shape == none.shape == (200, 0)
