"""The likelihood of partial proportional odds: its maximum, its errors, and what it does where there is none."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from tests.sim.trials.trials_of import drawn
from townsquare.sim.trials import published
from townsquare.sim.trials.contrasts import backward_difference
from townsquare.sim.trials.partial_odds import Fit, fit

ARMS = np.eye(4)[:, 1:]


def counted(seed: int) -> np.ndarray:
    rows = drawn(seed)
    counts = np.zeros((4, 5, 5), np.int64)
    np.add.at(counts, (rows.arm, rows.pre - 1, rows.post - 1), 1)
    return counts


def contrast_log_likelihood(parameters: np.ndarray, counts: np.ndarray) -> float:
    """The model as the paper writes it: theta, gamma times contrasts, beta; a penalty for negative probabilities."""
    theta, gamma, beta = parameters[:4], parameters[4:20].reshape(4, 4), np.array([0, *parameters[20:]])
    cuts = theta + backward_difference(5) @ gamma
    below = expit(cuts[None] - beta[:, None, None])
    share = np.diff(np.concatenate([np.zeros((4, 5, 1)), below, np.ones((4, 5, 1))], axis=2), axis=2)
    return -1e10 if (share <= 0).any() else float((counts * np.log(share)).sum())


@pytest.mark.parametrize("seed", range(5))
def test_planted_effects_are_found_again(seed: int) -> None:
    found = fit(ARMS, counted(seed))
    planted = np.array([arm.value for arm in published.BETA[1:]])
    assert (np.abs(found.beta - planted) < 2.5 * found.beta_se).all()
    assert (found.parameters, found.residual_df, found.n) == (23, 727, 750)
    assert found.beta_se == pytest.approx([0.19, 0.19, 0.19], abs=0.01)  # as published: .1914, .1929, .1856
    assert not found.flat


def test_seed_0_gives_what_another_fitter_gave() -> None:
    """BFGS from zero contrasts, in the paper's coordinates: .281, .059, .535."""
    assert fit(ARMS, counted(0)).beta == pytest.approx([0.281, 0.059, 0.535], abs=5e-4)


def test_it_is_the_maximum_of_the_model_as_the_paper_writes_it() -> None:
    counts = counted(3)
    found = fit(ARMS, counts)
    theta, _ = found.combined(np.full((1, 5), 0.2))
    gamma, _ = found.combined(np.diff(np.eye(5), axis=0))
    ours = np.concatenate([theta.ravel(), gamma.ravel(), found.beta])
    assert contrast_log_likelihood(ours, counts) == pytest.approx(found.log_likelihood, abs=1e-9)
    rng = np.random.default_rng(0)
    for _ in range(50):
        assert contrast_log_likelihood(ours + 0.02 * rng.standard_normal(23), counts) < found.log_likelihood
    start = ours + 0.1 * rng.standard_normal(23)
    other = minimize(lambda at: -contrast_log_likelihood(at, counts), start, method="BFGS", options={"gtol": 1e-3})
    assert -other.fun == pytest.approx(found.log_likelihood, abs=1e-4)
    assert other.x == pytest.approx(ours, abs=0.02)


def test_standard_errors_are_those_of_the_curvature_in_the_papers_coordinates() -> None:
    counts = counted(2)
    found = fit(ARMS, counts)
    theta, theta_se = found.combined(np.full((1, 5), 0.2))
    gamma, gamma_se = found.combined(np.diff(np.eye(5), axis=0))
    at = np.concatenate([theta.ravel(), gamma.ravel(), found.beta])
    step, n = 1e-3, len(at)
    bend = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            corners = [
                a * b * contrast_log_likelihood(at + step * (a * np.eye(n)[i] + b * np.eye(n)[j]), counts)
                for a in (1, -1)
                for b in (1, -1)
            ]
            bend[i, j] = bend[j, i] = -sum(corners) / (4 * step**2)
    expected = np.sqrt(np.diag(np.linalg.inv(bend)))
    ours = np.concatenate([theta_se.ravel(), gamma_se.ravel(), found.beta_se])
    assert ours == pytest.approx(expected, rel=2e-3)


def test_two_categories_and_one_level_are_a_logistic_regression() -> None:
    """One dummy: the log odds ratio of the two by two table, and Woolf's standard error."""
    counts = np.array([[[30, 10]], [[12, 28]]])
    found = fit(np.array([[0.0], [1.0]]), counts)
    assert found.beta[0] == pytest.approx(np.log(28 / 12) - np.log(10 / 30))
    assert found.beta_se[0] == pytest.approx(np.sqrt(1 / 30 + 1 / 10 + 1 / 12 + 1 / 28))
    assert found.cuts[0, 0] == pytest.approx(np.log(30 / 10))


def brute_force(counts: np.ndarray) -> float:
    """The largest log-likelihood that a general optimiser finds, with thresholds in rising steps."""

    def loss(at: np.ndarray) -> float:
        cuts = np.concatenate([at[1:2], at[1] + np.cumsum(np.exp(at[2:]))])
        below = expit(cuts[None] - np.array([[0.0], [at[0]]]))
        share = np.diff(np.concatenate([np.zeros((2, 1)), below, np.ones((2, 1))], axis=1), axis=1)
        return -float((counts[:, 0] * np.log(np.maximum(share, 1e-300))).sum())

    options = {"maxiter": 5000, "maxfev": 5000, "xatol": 1e-6, "fatol": 1e-9}
    return -float(minimize(loss, np.array([0.5, -1.0, 0.0, -1.0, 0.0]), method="Nelder-Mead", options=options).fun)


def test_empty_categories_merge_their_thresholds() -> None:
    """Nobody at 1 or at 3: the first threshold lies at minus infinity, those about 3 meet. It is the supremum."""
    counts = np.array([[[0, 20, 0, 15, 9]], [[0, 11, 0, 17, 22]]])
    found = fit(np.array([[0.0], [1.0]]), counts)
    assert found.parameters == 3
    assert found.cuts[0, 0] == -np.inf
    assert found.cuts[0, 1] == found.cuts[0, 2] < found.cuts[0, 3]
    assert found.log_likelihood == pytest.approx(brute_force(counts), abs=1e-4)
    value, se = found.combined(np.ones((1, 1)))
    assert np.isnan(value[0, 0])
    assert np.isnan(se[0, 0])
    assert np.isfinite(value[0, 1:]).all()


def test_a_level_without_people_has_no_thresholds() -> None:
    counts = counted(0)
    counts[:, 2] = 0
    found = fit(ARMS, counts)
    assert np.isnan(found.cuts[2]).all()
    assert found.parameters == 3 + 16
    assert not found.flat


def test_an_effect_at_infinity_or_without_comparison_is_named() -> None:
    ends = np.array([[[5, 5, 5]], [[4, 5, 6]], [[0, 0, 9]]])
    assert fit(np.eye(3)[:, 1:], ends).flat == (1,)
    apart = np.zeros((2, 2, 3), int)
    apart[0, 0], apart[1, 1] = [4, 5, 6], [7, 3, 5]  # nobody of one group where somebody of the other is
    assert fit(np.array([[0.0], [1.0]]), apart).flat == (0,)


def test_everybody_in_one_category() -> None:
    found: Fit = fit(np.zeros((1, 0)), np.array([[[0, 8, 0]]]))
    assert (found.parameters, found.log_likelihood, found.n) == (0, 0.0, 8)


def test_a_million_people_are_no_harder() -> None:
    found = fit(ARMS, counted(1) * 2000)
    small = fit(ARMS, counted(1))
    assert found.beta == pytest.approx(small.beta, abs=1e-7)
    assert found.beta_se == pytest.approx(small.beta_se / np.sqrt(2000), rel=1e-5)
