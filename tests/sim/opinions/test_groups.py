import numpy as np

from townsquare.sim.opinions.groups import group_sizes


def test_a_gap_divides():
    assert group_sizes(np.array([0.5, 0.1, 0.12, 0.9, 0.88, 0.89])).tolist() == [2, 1, 3]


def test_a_gap_of_exactly_the_bound_does_not():
    assert group_sizes(np.arange(0, 51) * 0.02).tolist() == [51]


def test_nobody_and_one():
    assert group_sizes(np.zeros(0)).tolist() == []
    assert group_sizes(np.array([0.3])).tolist() == [1]
