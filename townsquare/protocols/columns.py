"""The array types that columns are made of, and the one place where floats lose their last bits."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

IntArray: TypeAlias = NDArray[np.integer[Any]]
"""Ids and counts; -1 stands for an empty place."""
FloatArray: TypeAlias = NDArray[np.floating[Any]]
BoolArray: TypeAlias = NDArray[np.bool_]

NOBODY = -1
"""The id of an empty slot, an unknown author, or an action that concerns no item."""


def steady(values: FloatArray, digits: int = 9) -> FloatArray:
    """Round so that the last bits, which belong to the CPU and its BLAS, decide nothing later."""
    return np.round(values, digits)
