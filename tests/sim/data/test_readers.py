import numpy as np
import pytest

from townsquare.sim.data.readers import agreement, disperse, rescale


def test_agreement_by_hand():
    assert agreement(np.array([[1.0, 0], [0, 1]])) == pytest.approx(np.sqrt(0.5))
    assert agreement(np.array([[2.0, 0], [1, 0]])) == pytest.approx(1)
    assert agreement(np.array([[1.0, 0], [-1, 0]])) == 0
    assert agreement(np.zeros((3, 2))) == 0
    assert agreement(np.zeros((0, 2))) == 0


@pytest.mark.parametrize("target", [0.2, 0.5, 0.8, 0.99])
def test_disperse_hits_its_target_from_both_sides(target):
    rng = np.random.default_rng(0)
    points = 0.8 + rng.standard_normal((500, 12))
    assert 0.5 < agreement(points) < 0.8
    assert agreement(disperse(points, rng.standard_normal(points.shape), target)) == pytest.approx(target, abs=1e-9)


def test_what_cannot_be_reached_still_comes_out_finite():
    points = np.ones((2, 3))
    out = disperse(points, np.random.default_rng(0).standard_normal((2, 3)), 0.01)
    assert np.isfinite(out).all()
    assert len(disperse(points[:1], points[:1], 0.5)) == 1


def test_rescale():
    np.testing.assert_allclose(np.linalg.norm(rescale(np.array([[3.0, 4], [0, 5]]), 2), axis=1), [2, 2])
    np.testing.assert_array_equal(rescale(np.zeros((2, 2)), 5), np.zeros((2, 2)))
    assert rescale(np.zeros((0, 2)), 5).shape == (0, 2)
