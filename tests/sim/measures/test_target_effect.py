"""Where a target stands."""

import math

import numpy as np
import pytest

from townsquare.sim.measures.target_effect import target_effect

LISTS = np.array([[7, 1, 2, 3], [1, 7, 2, 3], [1, 2, 3, -1], [7, 1, 2, 3]])
UNRATED = np.array([4, 4, 6, 4])


def test_hits_gain_and_rank_over_those_who_count():
    who = np.array([True, True, True, False])
    found = target_effect(LISTS, 7, who, UNRATED, cuts=(1, 2), k=2)
    assert found["hr@1"] == pytest.approx(1 / 3)
    assert found["hr@2"] == pytest.approx(2 / 3)
    assert found["ndcg@2"] == pytest.approx((1 + 1 / math.log2(3)) / 3)
    # of six items three have a place, so the target's is one of 4, 5, 6
    assert found["rank"] == pytest.approx((1 + 2 + 5) / 3)


def test_nobody_is_no_number():
    found = target_effect(LISTS, 7, np.zeros(4, bool), UNRATED)
    assert set(found) == {"hr@10", "hr@50", "ndcg@10", "rank"}
    assert all(math.isnan(value) for value in found.values())
