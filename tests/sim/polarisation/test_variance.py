import numpy as np
import pytest

from townsquare.sim.polarisation.variance import variance


def test_ends():
    assert variance(np.repeat([0.0, 1.0], 50)) == 0.25
    assert variance(np.full(7, 0.3)) == pytest.approx(0, abs=1e-15)
    assert np.isnan(variance(np.zeros(0)))
