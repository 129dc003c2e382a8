import numpy as np
import pytest

from townsquare.sim.defences.calibrator import Calibrator


def little(entropy=0.5, similarity=1.0, n=40):
    rng = np.random.default_rng(0)
    fake = (np.arange(n) % 4 == 0).astype(np.int8)
    features = rng.standard_normal((n, 5)) + fake[:, None]
    return Calibrator(5, 6, 3, (entropy, similarity), rng), features, rng.standard_normal((n, 6)), fake


def test_slopes_are_those_of_the_loss():
    made, *batch = little()
    slopes = made.loss(*batch).slopes
    for name, value in made.parameters.items():
        for place in np.ndindex(value.shape):
            kept = value[place]
            value[place] = kept + 1e-6
            above = made.loss(*batch).value
            value[place] = kept - 1e-6
            below = made.loss(*batch).value
            value[place] = kept
            assert slopes[name][place] == pytest.approx((above - below) / 2e-6, abs=1e-7)


def test_without_its_two_terms_it_is_cross_entropy():
    made, features, views, fake = little(0.0, 0.0)
    f = made.scores(features)
    bce = -np.where(fake == 1, np.log(f), np.log(1 - f)).mean()
    assert made.loss(features, views, fake).value == pytest.approx(bce, abs=1e-12)
    assert not made.loss(features, views, fake).slopes["P"].any()


def test_likeness_to_the_view_lowers_the_loss():
    made, features, views, fake = little(entropy=0.0)
    z, projected = features @ made.parameters["W"], views @ made.parameters["P"]
    cosine = (z * projected).sum(axis=1) / np.linalg.norm(z, axis=1) / np.linalg.norm(projected, axis=1)
    plain = little(0.0, 0.0)[0].loss(features, views, fake).value
    assert made.loss(features, views, fake).value == pytest.approx(plain - cosine.mean(), abs=1e-9)


def test_entropy_of_observed_users_raises_it():
    made, features, views, fake = little(entropy=0.5, similarity=0.0)
    f = made.scores(features)
    entropy = -(f * np.log(f) + (1 - f) * np.log(1 - f)) * (fake == 0)
    plain = little(0.0, 0.0)[0].loss(features, views, fake).value
    assert made.loss(features, views, fake).value == pytest.approx(plain + 0.5 * entropy.mean(), abs=1e-12)


def test_it_learns():
    made, features, views, fake = little()
    for _ in range(300):
        made.step(features, views, fake)
    f = made.scores(features)
    assert f[fake == 1].mean() > f[fake == 0].mean() + 0.5
