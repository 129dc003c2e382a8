import numpy as np
import pytest
from scipy.stats import kurtosis, norm, skew

from townsquare.sim.polarisation.bimodality import THRESHOLD, bimodality

TWO_POINTS = np.repeat([0.0, 1.0], 50)
GRID = np.linspace(0, 1, 101)
NORMAL = norm.ppf((np.arange(1000) + 0.5) / 1000)


@pytest.mark.parametrize(("opinions", "golden"), [(TWO_POINTS, 0.9507), (GRID, 0.5285), (NORMAL, 0.3348)])
def test_golden(opinions, golden):
    assert round(bimodality(opinions), 4) == golden


def test_order_of_shapes():
    assert bimodality(TWO_POINTS) >= 0.9
    assert bimodality(GRID) < THRESHOLD < 0.5556
    assert bimodality(NORMAL) < 0.4


def test_moments_are_those_of_scipy():
    x = np.array([0.1, 0.2, 0.2, 0.9, 0.4, 0.35, 0.8])
    n = len(x)
    below = kurtosis(x, bias=False) + 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))
    assert bimodality(x) == pytest.approx((skew(x, bias=False) ** 2 + 1) / below)


@pytest.mark.parametrize("opinions", [[], [0.1, 0.2, 0.3], [0.4] * 9])
def test_undefined(opinions):
    assert np.isnan(bimodality(np.array(opinions)))
