"""The one place where floats lose their last bits."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from townsquare.protocols import steady


def test_nearly_equal_numbers_become_equal() -> None:
    a = np.array([0.1 + 0.2, 1 / 3])
    assert (a != np.array([0.3, 1 / 3 + 1e-13])).any()
    assert (steady(a) == steady(np.array([0.3, 1 / 3 + 1e-13]))).all()
    assert steady(np.array([1.23456]), 2).tolist() == [1.23]


@given(st.floats(-1e6, 1e6), st.integers(0, 9))
def test_rounding_twice_is_rounding_once(x: float, digits: int) -> None:
    once = steady(np.array([x]), digits)
    assert abs(once[0] - x) <= 0.5 * 10.0**-digits + 1e-9
    assert steady(once, digits)[0] == once[0]
