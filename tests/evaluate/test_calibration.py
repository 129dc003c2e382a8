"""Expected calibration error by hand."""

import numpy as np
import pytest

from townsquare.evaluate.calibration import calibration_error, reliability


def test_by_hand() -> None:
    """Two bins: mean .25 with 1 of 4 harmful, mean .9 with half of 2: (4 * 0 + 2 * .4) / 6."""
    score = np.array([0.2, 0.3, 0.2, 0.3, 0.9, 0.9])
    broken = np.array([True, False, False, False, True, False])
    assert calibration_error(score, broken, bins=2) == pytest.approx(0.8 / 6)
    low, high = reliability(score, broken, bins=2)
    assert (low["texts"], low["score"], low["harmful"]) == (4, pytest.approx(0.25), 0.25)
    assert (high["low"], high["high"], high["harmful"]) == (0.5, 1.0, 0.5)


def test_the_ends() -> None:
    certain = np.array([0.0, 1.0])
    assert calibration_error(certain, np.array([False, True])) == 0
    assert calibration_error(certain, np.array([True, False])) == 1
    assert np.isnan(calibration_error(np.array([]), np.array([], bool)))
    rows = reliability(certain, np.array([False, True]))
    assert [row["texts"] for row in rows] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    assert np.isnan(rows[1]["harmful"])
