"""Points moved, and the range of people."""

import numpy as np
import pytest
from scipy.stats import linregress

from tests.sim.trials.trials_of import drawn, rows_of
from townsquare.sim.trials.kernel import HumanKernel
from townsquare.sim.trials.linear_shift import drift, human_range, shift_differences, shifts


def test_means_and_what_was_published() -> None:
    rows = drawn(0)
    terms = shifts(rows)
    assert [term.published for term in terms] == pytest.approx([-0.223, -0.020, -0.160, 0.140])
    for arm, term in enumerate(terms):
        assert term.estimate == pytest.approx(float((rows.post - rows.pre)[rows.arm == arm].mean()))
        assert term.n == (150 if arm else 300)
        assert term.low is not None
        assert term.human_low is not None
        assert term.low < term.estimate < term.high
        assert term.human_low < term.human < term.human_high


def test_the_linear_model_of_two_arms_is_a_regression_on_a_dummy() -> None:
    rows = drawn(1)
    two = rows.where((rows.arm == 0) | (rows.arm == 3))
    found = shift_differences(two)[0]
    expected = linregress((two.arm == 3).astype(float), two.shift)
    assert (found.estimate, found.se, found.p) == pytest.approx((expected.slope, expected.stderr, expected.pvalue))
    assert found.published == 0.363
    assert found.df == 448


def test_four_arms_share_their_variance() -> None:
    rows = drawn(2)
    found = shift_differences(rows)
    x = np.column_stack([np.ones(750), *(rows.arm == arm for arm in (1, 2, 3))]).astype(float)
    beta, residual, _, _ = np.linalg.lstsq(x, rows.shift.astype(float), rcond=None)
    se = np.sqrt(np.diag(np.linalg.inv(x.T @ x)) * residual[0] / 746)
    assert [term.estimate for term in found] == pytest.approx(beta[1:])
    assert [term.se for term in found] == pytest.approx(se[1:])


def test_the_human_range_holds_what_people_do() -> None:
    """Trials drawn from the table, against a range that also holds the error of the table: wider than 95 %."""
    rng = np.random.default_rng(0)
    pre = rng.integers(1, 6, 150)
    middle, low, high = human_range(pre, 3)
    means = [float((HumanKernel().draw(pre, np.full(150, 3), rng.random(150)) - pre).mean()) for _ in range(400)]
    assert np.mean(means) == pytest.approx(middle, abs=0.02)
    assert np.mean([low < mean < high for mean in means]) > 0.97
    assert high - middle == pytest.approx(1.96 * np.std(means) * np.sqrt(2), rel=0.1), "150 here and 150 there"
    assert middle == pytest.approx(HumanKernel().means()[3][pre - 1].mean() - pre.mean())


def test_people_alone_have_no_interval() -> None:
    term = shifts(rows_of(np.array([3]), np.array([2]), np.array([4])))[0]
    assert (term.estimate, term.low, term.high) == (2.0, None, None)
    assert shift_differences(rows_of(np.array([0, 3]), np.array([2, 2]), np.array([4, 4]))) == []


def test_drift_is_that_of_people_who_did_not_debate() -> None:
    rows = rows_of(np.array([0]), np.array([2]), np.array([4]), drift=np.array([1.0, 0.0, -1.0, 1.0]))
    term = drift(rows)
    assert term is not None
    assert (term.term, term.estimate, term.n) == ("no-debate", 0.25, 4)
    assert drift(drawn(0)) is None
