"""Arithmetic of the news town, with numbers worked out by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from townsquare.sim.environments.feed_rules import cosine, drift, quality


def test_quality_is_the_logarithm_of_one_plus_likes() -> None:
    likes = [0, 1, 2, 99, 50_000]
    assert quality(np.array(likes)) == pytest.approx([math.log(1 + n) for n in likes], rel=1e-15, abs=0)
    assert quality(np.array([0]))[0] == 0


def one(position: list[float], target: list[float], *, liked: bool, utility: float, kappa: float = 0.5) -> np.ndarray:
    place = (np.array([x], float) for x in (position, target))
    return drift(*place, np.array([liked]), np.array([utility]), np.array([kappa]), 0.1)[0]


def test_a_liked_click_pulls_by_step_times_weight() -> None:
    """From (0, 0) towards (3, 4): the unit is (.6, .8); weight exp(-.5 / (.25 + 1e-5)) = .135346..."""
    weight = math.exp(-0.5 / (0.25 + 1e-5))
    assert one([0, 0], [3, 4], liked=True, utility=0.25) == pytest.approx([0.06 * weight, 0.08 * weight], rel=1e-12)


def test_a_disliked_click_pushes_the_other_way() -> None:
    there, away = (one([1, 1], [4, 5], liked=liked, utility=0.6) for liked in (True, False))
    assert (away == -there).all()
    assert there @ np.array([3, 4]) > 0


def test_utility_below_zero_counts_as_none() -> None:
    assert (one([0, 0], [1, 0], liked=False, utility=-3.0) == one([0, 0], [1, 0], liked=False, utility=0.0)).all()
    # exp(-.5 / 1e-5) is 0 to the last bit; with a concentration of 1e-5 it is 1 / e
    assert one([0, 0], [1, 0], liked=True, utility=-3.0, kappa=1e-5) == pytest.approx([0.1 / math.e, 0])


def test_a_click_on_ones_own_place_moves_nowhere() -> None:
    assert one([1, 2], [1, 2], liked=True, utility=0.9).tolist() == [0, 0]


def test_no_clicks() -> None:
    none = np.zeros(0)
    assert drift(np.zeros((0, 2)), np.zeros((0, 2)), none.astype(bool), none, none, 0.1).shape == (0, 2)


@given(st.floats(0, 1), st.floats(0.01, 1), st.booleans())
def test_one_click_moves_at_most_a_step(utility: float, kappa: float, liked: bool) -> None:
    moved = one([0.3, -0.2], [5, 7], liked=liked, utility=utility, kappa=kappa)
    assert np.linalg.norm(moved) == pytest.approx(0.1 * math.exp(-kappa / (utility + 1e-5)))
    assert np.linalg.norm(moved) < 0.1


def test_cosine_by_hand() -> None:
    found = cosine(np.array([[1.0, 0.0], [0.0, 0.0]]), np.array([[[2.0, 0], [0, 3], [-1, 0], [1, 1], [0, 0]]] * 2))
    assert found[0] == pytest.approx([1, 0, -1, math.sqrt(0.5), 0])
    assert found[1].tolist() == [0] * 5
