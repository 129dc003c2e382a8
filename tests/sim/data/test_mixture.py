import numpy as np
import pytest

from townsquare.sim.data.mixture import Mixture


@pytest.mark.parametrize("count", [6, 400])  # fewer points than dimensions, and more: two ways to draw
def test_draws_have_the_shrunk_covariance(count):
    rng = np.random.default_rng(0)
    d = 10
    points = rng.standard_normal((2 * count, d)) @ rng.standard_normal((d, d))
    groups = np.repeat([3, 8], count)
    points[count:] += 50
    drawn = Mixture.fit(points, groups).sample(40_000, rng)
    near = drawn[drawn.mean(axis=1) < 25]
    assert len(near) / 40_000 == pytest.approx(0.5, abs=0.01)
    centred = points - np.repeat([points[:count].mean(axis=0), points[count:].mean(axis=0)], count, axis=0)
    pooled = centred.T @ centred / (2 * count - 2)
    own = centred[:count].T @ centred[:count]
    expected = (own + d * pooled) / (count + d)
    np.testing.assert_allclose(np.cov(near.T), expected, atol=0.05 * np.abs(expected).max())
    np.testing.assert_allclose(near.mean(axis=0), points[:count].mean(axis=0), atol=0.2)


def test_every_point_a_group_of_its_own():
    points = np.random.default_rng(0).standard_normal((30, 4))
    drawn = Mixture.fit(points, np.arange(30)).sample(1000, np.random.default_rng(1))
    assert len(np.unique(drawn, axis=0)) == 1000


def test_a_single_point():
    drawn = Mixture.fit(np.ones((1, 3)), np.zeros(1, int)).sample(5, np.random.default_rng(0))
    np.testing.assert_array_equal(drawn, np.ones((5, 3)))
