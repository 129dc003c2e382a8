"""Bradley-Terry, its intervals, and the online Elo."""

import numpy as np
import pytest

from townsquare.evaluate.persuaders.ratings import PINNED, Scores, elo, online, rate, strengths


def played(strength: list[float], matches: int, seed: int) -> Scores:
    """Matches of contestants with planted Elo points, one input each."""
    rng = np.random.default_rng(seed)
    points = np.array(strength)
    pairs = np.array([(i, j) for i in range(len(points)) for j in range(i + 1, len(points))])
    left, right = pairs[rng.integers(0, len(pairs), matches)].T
    chance = 1 / (1 + 10 ** ((points[right] - points[left]) / 400))
    return Scores(np.arange(matches), left, right, (rng.random(matches) < chance).astype(float))


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.mark.parametrize("seed", range(5))
def test_planted_strengths_come_back(seed: int) -> None:
    """Dossier check 3: 0, 100, 200, 300 from 4,000 matches, within 25 points and in order; intervals hold them."""
    found = rate(played([0, 100, 200, 300], 4000, seed), 4, 0, rng=rng())
    assert found.points[0] == PINNED
    assert found.points - PINNED == pytest.approx([0, 100, 200, 300], abs=25)
    assert np.argsort(found.points).tolist() == [0, 1, 2, 3]
    assert (found.low[1:] < np.array([100, 200, 300]) + PINNED + 15).all()
    assert (found.high[1:] > np.array([100, 200, 300]) + PINNED - 15).all()


def test_order_means_nothing_to_the_fit_and_something_to_the_online_rule() -> None:
    """Dossier check 4."""
    scores = played([0, 80, 250], 300, 1)
    turned = Scores(*(column[::-1] for column in (scores.inputs, scores.left, scores.right, scores.score)))
    assert np.array_equal(rate(scores, 3, 0, rng=rng()).points, rate(turned, 3, 0, rng=rng()).points)
    one, other = online(scores, 3, 0), online(turned, 3, 0)
    assert np.abs(one - other).max() > 10
    averaged = [online(each, 3, 0, rng=rng()) for each in (scores, turned)]
    assert np.abs(averaged[0] - averaged[1]).max() < np.abs(one - other).max()
    many = online(played([0, 80, 250], 6000, 1), 3, 0, rng=rng(), orders=20)
    assert many - PINNED == pytest.approx([0, 80, 250], abs=30)


def test_it_is_the_maximum() -> None:
    """Against scipy's minimiser on the same likelihood."""
    from scipy.optimize import minimize

    wins = played([0, 40, 90, 10], 200, 2).wins(4)

    def cost(x: np.ndarray) -> float:
        return float((wins * np.logaddexp(0, x[None, :] - x[:, None])).sum() + 1e-3 / 2 * (x**2).sum())

    best = minimize(cost, np.zeros(4), method="BFGS", options={"gtol": 1e-9})
    assert strengths(wins) == pytest.approx(best.x, abs=1e-4)
    assert strengths(wins).sum() == pytest.approx(0, abs=1e-8)


def test_who_wins_everything_has_a_finite_rating() -> None:
    wins = np.array([[0, 0, 0], [50, 0, 0], [50, 50, 0]], float)
    points = elo(strengths(wins), 0)
    assert np.isfinite(points).all()
    assert points[2] > points[1] > points[0] == PINNED


def test_ties_only_are_equal_ratings() -> None:
    scores = Scores(np.arange(6), np.array([0, 0, 1] * 2), np.array([1, 2, 2] * 2), np.full(6, 0.5))
    found = rate(scores, 3, 1, rng=rng())
    assert found.points.tolist() == [PINNED] * 3
    assert found.low.tolist() == found.high.tolist() == [PINNED] * 3
    assert online(scores, 3, 1, rng=rng()).tolist() == [PINNED] * 3


def test_who_played_nothing_has_no_rating() -> None:
    scores = Scores(np.arange(4), np.zeros(4, int), np.ones(4, int), np.array([1.0, 0, 1, 1]))
    found = rate(scores, 3, 1, rng=rng())
    assert np.isnan([found.points[2], found.low[2], found.high[2]]).all()
    assert found.played.tolist() == [4, 4, 0]
    nothing = rate(Scores(*(np.zeros(0, int),) * 3, np.zeros(0)), 2, 0, rng=rng())
    assert np.isnan(nothing.points).all()


def test_inputs_are_resampled_and_not_matches() -> None:
    """A hundred matches about two inputs tell no more than two."""
    few = Scores(np.repeat([0, 1], 50), np.zeros(100, int), np.ones(100, int), np.repeat([1.0, 0.0], 50))
    many = Scores(np.arange(100), few.left, few.right, few.score)
    narrow, wide = (rate(scores, 2, 1, rng=rng()) for scores in (many, few))
    assert wide.high[0] - wide.low[0] > 5 * (narrow.high[0] - narrow.low[0])
