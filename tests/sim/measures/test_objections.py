"""What is objected to a post at the moment it is shown, and the norm that speaks of it."""

import numpy as np
import pytest

from townsquare.sim.measures.objections import objected, perceived_norm


def test_a_bots_objection_counts_at_once_a_members_a_tick_later() -> None:
    parent, born = np.array([-1, 0, 0, 0, -1]), np.array([0, 1, 1, 1, 1])
    counters, by_bot = np.array([False, True, True, False, True]), np.array([False, True, False, False, False])

    def at(tick: int) -> list[int]:
        return objected(parent, born, counters, by_bot, tick, 5).tolist()

    assert at(0) == [0, 0, 0, 0, 0]
    assert at(1) == [1, 0, 0, 0, 0]
    assert at(2) == [2, 0, 0, 0, 0]


def test_the_norm_goes_from_one_to_seven() -> None:
    found = perceived_norm(np.array([3.0, 2.0, 1.0, 0.0, 0.0]), np.array([0.0, 2.0, 5.0, 4.0, 0.0]))
    assert found[:4].tolist() == pytest.approx([1.0, 4.0, 6.0, 7.0])
    assert np.isnan(found[4])
