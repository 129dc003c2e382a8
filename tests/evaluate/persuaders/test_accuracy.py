"""Shares with intervals."""

import numpy as np
import pytest

from townsquare.evaluate.persuaders.accuracy import proportion


def test_a_coin_is_within_its_interval() -> None:
    values = np.random.default_rng(0).integers(0, 2, 2000).astype(float)
    mean, low, high = proportion(values.tolist(), list(range(2000)), np.random.default_rng(1))
    assert low < mean < high
    assert high - low == pytest.approx(4 * np.sqrt(0.25 / 2000), rel=0.1)


def test_clusters_count_and_not_values() -> None:
    values = [1.0, 0.0] * 20
    wide = proportion(sorted(values), [n // 4 for n in range(40)], np.random.default_rng(1))
    narrow = proportion(sorted(values), list(range(40)), np.random.default_rng(1))
    assert wide[0] == narrow[0] == 0.5
    assert wide[2] - wide[1] > 1.5 * (narrow[2] - narrow[1])


def test_ends() -> None:
    assert np.isnan(proportion([], [], np.random.default_rng(0))).all()
    assert proportion([1.0], [0], np.random.default_rng(0))[0] == 1.0
    assert np.isnan(proportion([1.0, 0.0], [3, 3], np.random.default_rng(0))[1:]).all()
    mean, low, high = proportion([1.0] * 10, list(range(10)), np.random.default_rng(0))
    assert (mean, high) == (1.0, 1.0)
    assert low == pytest.approx(10 / (10 + 1.96**2), abs=1e-6)  # Wilson
