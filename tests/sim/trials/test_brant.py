"""Brant's test."""

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import chi2

from tests.sim.trials.trials_of import drawn, rows_of
from townsquare.sim.trials.brant import AS_PRINTED, brant


def proportional(seed: int, n: int = 3000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """People who follow plain proportional odds in arm and opinion before."""
    rng = np.random.default_rng(seed)
    arm, pre = rng.integers(0, 4, n), rng.integers(1, 6, n)
    lean = np.array([0, 0.2, -0.2, 0.6])[arm] + 0.5 * (pre - 3)
    below = expit(np.array([-1.5, -0.5, 0.5, 1.5]) - lean[:, None])
    return arm, pre, 1 + (rng.random(n)[:, None] > below).sum(axis=1)


def by_the_book(arm: np.ndarray, pre: np.ndarray, post: np.ndarray, transposed: bool) -> float:
    """The statistic from regressions of single people by iterated least squares, in other contrasts.

    ``transposed`` false fills blocks below the diagonal with copies of those above, as R's brant does.
    """
    x = np.column_stack([np.ones(len(arm)), *(arm == a for a in (0, 1, 2)), *(pre >= p for p in (2, 3, 4, 5))]).astype(
        float
    )
    slopes, shares, bread = [], [], []
    for j in range(1, 5):
        z, beta = (post > j).astype(float), np.zeros(x.shape[1])
        for _ in range(30):
            share = expit(x @ beta)
            inverse = np.linalg.inv(x.T @ (x * (share * (1 - share))[:, None]))
            beta = beta + inverse @ (x.T @ (z - share))
        slopes.append(beta[1:])
        shares.append(expit(x @ beta))
        bread.append(np.linalg.inv(x.T @ (x * (shares[-1] * (1 - shares[-1]))[:, None])))
    k = len(slopes[0])
    v = np.zeros((4 * k, 4 * k))
    for j in range(4):
        for m in range(4):
            a, b = max(j, m), min(j, m)
            w = shares[a] - shares[a] * shares[b]
            first, second = (j, m) if transposed else (b, a)
            block = (bread[first] @ (x.T @ (x * w[:, None])) @ bread[second])[1:, 1:]
            v[j * k : j * k + k, m * k : m * k + k] = block
    d = np.kron(np.column_stack([-np.ones(3), np.eye(3)]), np.eye(k))
    apart = d @ np.concatenate(slopes)
    return float(apart @ np.linalg.solve(d @ v @ d.T, apart))


def test_the_degrees_of_freedom_are_the_published_ones_and_the_trial_rejects() -> None:
    tests, why = brant(drawn(0))
    assert [(test.name, test.df) for test in tests] == [("all", 21), ("arms", 9), ("before", 12), (AS_PRINTED, 21)]
    assert why == ""
    whole, arms, before, printed = tests
    assert printed.chi2 == pytest.approx(whole.chi2, rel=0.1)
    assert whole.chi2 > 80, "128.32 in the published trial; opinions before move thresholds apart"
    assert whole.p < 1e-6
    assert before.p < 1e-6
    assert arms.p > 0.01, "the effects of arms were drawn the same at every threshold"


def test_it_is_what_the_formula_says_whatever_the_contrasts() -> None:
    arm, pre, post = proportional(7)
    tests = brant(rows_of(arm, pre, post))[0]
    found = tests[0]
    assert found.chi2 == pytest.approx(by_the_book(arm, pre, post, transposed=True), rel=1e-6)
    assert tests[-1].chi2 == pytest.approx(by_the_book(arm, pre, post, transposed=False), rel=1e-6)
    assert found.p == pytest.approx(float(chi2.sf(found.chi2, 21)), rel=1e-9)


def test_proportional_odds_are_rejected_as_often_as_they_should() -> None:
    p = [brant(rows_of(*proportional(seed, 1500)))[0][0].p for seed in range(40)]
    assert sum(value < 0.05 for value in p) <= 6
    assert 0.3 < float(np.mean(p)) < 0.7


def test_where_there_is_none_it_says_why() -> None:
    arm, pre, post = proportional(1, 300)
    post[arm == 3] = 1
    tests, why = brant(rows_of(arm, pre, post))
    assert tests == []
    assert "on one side of 1|2" in why
    assert "to compare" in brant(rows_of(np.zeros(9, int), np.full(9, 3), np.arange(9) % 5 + 1))[1]
    assert "three opinions after" in brant(rows_of(arm, pre, 1 + (post > 2)))[1]


def test_thresholds_are_those_that_were_used() -> None:
    arm, pre, post = proportional(2)
    post[post == 4] = 5
    assert [test.df for test in brant(rows_of(arm, pre, post))[0]] == [14, 6, 8, 14]
