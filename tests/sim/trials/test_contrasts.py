"""Backward differences."""

import numpy as np
import pytest

from townsquare.sim.trials.contrasts import backward_difference


def test_five_levels_are_those_of_the_trial() -> None:
    expected = [[-0.8, 0.2, 0.2, 0.2, 0.2], [-0.6, -0.6, 0.4, 0.4, 0.4], [-0.4, -0.4, -0.4, 0.6, 0.6],
                [-0.2, -0.2, -0.2, -0.2, 0.8]]  # fmt: skip
    assert np.allclose(backward_difference(5).T, expected)


def test_a_coefficient_is_a_step_and_the_intercept_the_mean() -> None:
    means = np.array([3.0, 1.0, 4.0, 1.5])
    design = np.column_stack([np.ones(4), backward_difference(4)])
    assert np.linalg.solve(design, means) == pytest.approx([means.mean(), *np.diff(means)])
    assert backward_difference(1).shape == (1, 0)
