"""Where targets stand in a life."""

import numpy as np
import pytest

from townsquare.agents.shills.fake_life import middle


@pytest.mark.parametrize(("n", "t"), [(37, 1), (9, 3), (40, 5), (3, 1)])
def test_targets_are_in_the_middle_third(n: int, t: int) -> None:
    places = [middle(n, t, np.random.default_rng(seed)) for seed in range(50)]
    assert all(len(set(found)) == t and found == sorted(found) for found in places)
    assert {place for found in places for place in found} == set(range(n // 3, n - n // 3))


@pytest.mark.parametrize(("n", "t"), [(1, 1), (5, 5), (6, 4), (2, 2)])
def test_too_many_for_a_third_are_about_the_middle(n: int, t: int) -> None:
    low = (n - t) // 2
    assert middle(n, t, np.random.default_rng(0)) == list(range(low, low + t))
