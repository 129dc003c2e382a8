"""The Gini coefficient against its definition by pairwise differences."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from townsquare.sim.measures.gini import gini


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=30).filter(any))
def test_is_the_mean_difference_over_twice_the_mean(values: list[int]) -> None:
    x = np.array(values, float)
    pairs = np.abs(x[:, None] - x[None, :]).mean()
    assert gini(x) == pytest.approx(pairs / (2 * x.mean()), abs=1e-12)


@given(
    st.lists(st.integers(0, 1000), min_size=1, max_size=30).filter(any), st.permutations(range(5)), st.floats(0.1, 50)
)
def test_order_scale_and_repetition_do_not_matter(values: list[int], order: list[int], scale: float) -> None:
    x = np.array(values, float)
    turned = np.concatenate([x[order[0] :], x[: order[0]]])
    assert gini(turned * scale) == pytest.approx(gini(x), abs=1e-9)
    assert gini(np.repeat(x, 3)) == pytest.approx(gini(x), abs=1e-9)


def test_by_hand() -> None:
    assert gini(np.array([1, 1, 1])) == pytest.approx(0)
    assert gini(np.array([0, 0, 0, 8])) == pytest.approx(0.75)
    assert gini(np.array([3, 1])) == pytest.approx(0.25)


def test_nobody_and_nothing() -> None:
    assert np.isnan(gini(np.zeros(0)))
    assert gini(np.zeros(5)) == 0
