"""Columns of numbers as JSON that comes back bit for bit, in as few digits as that takes.

Floats are written with the digits that tell them from all others; a float64 column that holds float32 values only is
told in theirs. What is not finite is "NaN", "Infinity" or "-Infinity", which JavaScript's ``Number`` reads too. Whole
numbers are written as they are; those beyond 53 bits are for readers whose numbers are larger than a float.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_NARROW = "float32 float64"


def type_of(column: NDArray[Any]) -> str:
    """The numpy types that bring a column back when they are applied in turn: ``int64``, ``float32 float64``."""
    with np.errstate(over="ignore"):
        exact = column.dtype == np.float64 and bool((column == column.astype(np.float32)).all())
    return _NARROW if exact else str(column.dtype)


def listed(column: NDArray[Any]) -> list[Any]:
    """The column as nested lists."""
    if column.dtype.kind != "f":
        plain: list[Any] = column.tolist()
        return plain
    finite = bool(np.isfinite(column).all())
    if finite and type_of(column) in (_NARROW, "float32"):
        wide, narrow = column.astype(np.float64), column.astype(np.float32)
        for digits in (7, 9, 12):
            with np.errstate(over="ignore", invalid="ignore"):
                short = np.round(wide, digits)
                same = bool((short.astype(np.float32) == narrow).all())
            if same:
                return short.tolist()
    numbers: list[Any] = column.astype(np.float64).tolist()
    return numbers if finite else _worded(numbers)


def column_of(values: Sequence[Any], types: str) -> NDArray[Any]:
    """The column that ``listed`` made lists of. Raises ValueError or TypeError for lists that hold no numbers."""
    first, *others = types.split()
    column = np.array(values, np.float64 if np.dtype(first).kind == "f" else first)  # "NaN" is read as a number
    for one in (first, *others):
        column = column.astype(one)
    return column


def _worded(value: Any) -> Any:
    if isinstance(value, list):
        return [_worded(one) for one in value]
    return value if np.isfinite(value) else {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]
