import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from townsquare.protocols.intervals import Difference, paired, paired_columns, sign_flip, t_interval, unpaired, welch
from townsquare.protocols.streams import Streams


def rng(*name):
    return Streams(1).get("test", *name)


def two_sides(n, shift=0.5, noise=0.3, seed=0):
    g = rng("sides", n, seed)
    a = g.normal(size=n)
    return a, a + shift + noise * g.normal(size=n)


def test_few_units_get_students_t():
    a, b = two_sides(6)
    found = paired(a, b)
    expected = stats.ttest_rel(b, a).confidence_interval(0.95)
    assert found.interval == pytest.approx((expected.low, expected.high))
    apart = stats.ttest_ind(b, a, equal_var=False).confidence_interval(0.95)
    assert found.unpaired_interval == pytest.approx((apart.low, apart.high))
    assert (found.n, found.difference) == (6, pytest.approx(b.mean() - a.mean()))


def test_few_units_get_the_permutation_p_value():
    a, b = two_sides(6, shift=0.1)
    expected = stats.permutation_test((b - a,), np.mean, permutation_type="samples", n_resamples=np.inf).pvalue
    assert paired(a, b).p_value == pytest.approx(expected)


def test_five_seeds_that_agree_have_the_smallest_p_value_there_is():
    assert paired(np.zeros(5), np.array([1.0, 1.1, 1.2, 0.9, 1.3])).p_value == 2 / 32


def test_many_units_get_a_bootstrap_that_agrees_with_the_normal_interval():
    a, b = two_sides(2000)
    found = paired(a, b)
    d = b - a
    half = 1.96 * d.std(ddof=1) / len(d) ** 0.5
    assert found.interval == pytest.approx((d.mean() - half, d.mean() + half), abs=0.1 * half)
    wide = 1.96 * ((a.var() + b.var()) / len(a)) ** 0.5
    assert found.unpaired_interval == pytest.approx((d.mean() - wide, d.mean() + wide), abs=0.1 * wide)
    assert found.p_value == pytest.approx(2 / 2001)


def test_variance_removed_is_what_pairing_took_away():
    a, b = two_sides(500, noise=0.0)
    assert paired(a, b).variance_removed == pytest.approx(1)
    g = rng("independent")
    assert paired(g.normal(size=5000), g.normal(size=5000)).variance_removed == pytest.approx(0, abs=0.05)
    assert paired(a, -a).variance_removed == pytest.approx(-1)


def test_nan_units_are_left_out_on_both_sides():
    a, b = two_sides(10)
    a[2], b[7] = np.nan, np.nan
    keep = [i for i in range(10) if i not in (2, 7)]
    assert paired(a, b) == paired(a[keep], b[keep])


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_units_have_no_interval(n):
    found = paired(np.ones(n), np.ones(n) * 3)
    assert (found.n, found.interval, found.unpaired_interval, found.p_value) == (n, None, None, None)
    assert np.isnan(found.difference) if n == 0 else found.difference == 2


@pytest.mark.parametrize("n", [5, 200])
def test_no_difference_at_all(n):
    a = np.full(n, 0.1)
    found = paired(a, a)
    assert (found.difference, found.interval, found.p_value) == (0, (0, 0), 1)
    assert found.variance_removed is None


def test_the_same_generator_gives_the_same_numbers():
    a, b = two_sides(100)
    assert paired(a, b, rng=rng("x")) == paired(a, b, rng=rng("x"))
    assert paired(a, b) == paired(a, b)
    assert paired(a, b, rng=rng("x")) != paired(a, b, rng=rng("y"))


def test_columns_may_have_different_units():
    a, b = (np.column_stack([side] * 3) for side in two_sides(100))
    a[50:, 1] = np.nan
    a[5:, 2] = np.nan
    first, second, third = paired_columns(a, b)
    assert (first.n, second.n, third.n) == (100, 50, 5)
    low, high = second.interval
    assert low < second.difference < high
    assert third.interval == paired(a[:5, 2], b[:5, 2]).interval


def test_a_level_of_ninety_is_narrower():
    a, b = two_sides(100)
    wide, narrow = paired(a, b, level=0.95).interval, paired(a, b, level=0.9).interval
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_ticks_are_drawn_in_blocks():
    """In a series with memory the block interval is wider than one that takes ticks for independent."""
    steps = rng("walk").normal(size=400)
    d = np.zeros(400)
    for t in range(1, 400):
        d[t] = 0.9 * d[t - 1] + steps[t]
    zero = np.zeros((400, 1))
    in_blocks = paired_columns(zero, d[:, None], ticks=True)[0].interval
    alone = paired(np.zeros(400), d).interval
    assert np.diff(in_blocks) > 2 * np.diff(alone)


def test_few_ticks_have_no_interval():
    found = paired_columns(np.zeros((7, 1)), np.arange(7.0)[:, None], ticks=True)[0]
    assert (found.n, found.difference, found.interval, found.p_value) == (7, 3, None, None)


def test_unpaired_sides_may_differ_in_size():
    a, b = two_sides(20)[0], two_sides(8)[1]
    found = unpaired(a, b)
    expected = stats.ttest_ind(b, a, equal_var=False).confidence_interval(0.95)
    assert found.unpaired_interval == pytest.approx((expected.low, expected.high))
    assert (found.n, found.interval, found.p_value, found.variance_removed) == (8, None, None, None)
    many = unpaired(two_sides(500)[0], two_sides(400)[1])
    assert many.unpaired_interval[0] < many.difference < many.unpaired_interval[1]


def test_t_interval_and_welch_without_spread():
    assert t_interval([1.0]) is None
    assert t_interval([2.0, 2.0, np.nan]) == (2, 2)
    assert welch(np.ones(3), np.ones(2)) == (0, 0)
    assert welch(np.ones(1), np.ones(2)) is None


def test_sign_flips_by_chance_agree_with_all_of_them():
    d = two_sides(14, shift=0.05)[1] - two_sides(14)[0]
    every = sign_flip(d, 0, rng("flip"))
    d20 = np.concatenate([d, np.zeros(6)])
    some = sign_flip(d20, 20_000, rng("flip"))
    assert some == pytest.approx(every, abs=0.02)


def test_intervals_cover_as_often_as_they_say():
    """t at five seeds, bootstrap at a hundred: a true difference of 0 lies inside about 95 times in 100."""
    for n, least in ((5, 0.93), (100, 0.92)):
        g = rng("coverage", n)
        a, b = g.normal(size=(n, 1000)), g.normal(size=(n, 1000))
        found = paired_columns(a, b, draws=2000)
        inside = np.mean([one.interval[0] <= 0 <= one.interval[1] for one in found])
        assert least < inside < 0.98


@given(st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), min_size=2, max_size=60))
def test_swapping_the_sides_flips_the_sign(pairs):
    a, b = np.array(pairs).T
    one, other = paired(a, b, draws=50), paired(b, a, draws=50)
    assert isinstance(one, Difference)
    assert one.difference == pytest.approx(-other.difference, abs=1e-9)
    assert one.interval[0] <= one.interval[1]
    assert 0 < one.p_value <= 1


def test_ten_thousand_units_fit_into_time_and_memory():
    a, b = two_sides(10_000)
    began = time.perf_counter()
    tracemalloc.start()
    paired(a, b, draws=2000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert time.perf_counter() - began < 4
    assert peak < 300e6


def covers(n, ticks=False, memory=0.0):
    """Share of 2,000 intervals that hold the true difference, 0."""
    steps = rng("coverage", n).normal(size=(n, 2000))
    b = steps.copy()
    for t in range(1, n if memory else 0):
        b[t] = memory * b[t - 1] + steps[t]
    found = paired_columns(np.zeros_like(b), b, ticks=ticks)
    return np.mean([one.interval[0] <= 0 <= one.interval[1] for one in found])


@pytest.mark.slow
def test_coverage_is_as_the_docs_say():
    """The table of docs/compare-and-sweep.md; with -s it is printed."""
    table = {
        "5 seeds": (covers(5), 0.95),
        "30 readers": (covers(30), 0.93),
        "100 readers": (covers(100), 0.94),
        "50 ticks": (covers(50, ticks=True), 0.95),
        "50 ticks, 0.5": (covers(50, ticks=True, memory=0.5), 0.92),
        "50 ticks, 0.8": (covers(50, ticks=True, memory=0.8), 0.82),
    }
    print(*(f"{name}: {found:.3f}" for name, (found, _) in table.items()), sep="\n")
    for name, (found, told) in table.items():
        assert found == pytest.approx(told, abs=0.015), name
