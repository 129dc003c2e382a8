"""Columns as JSON, and back."""

import json

import numpy as np
import pytest

from townsquare.protocols.json_columns import column_of, listed, type_of

COLUMNS = {
    "float64": np.array([0.1, -0.0, 1e300, 5e-324, 1 / 3]),
    "float32 float64": np.array([0.1, 0.25, -3.0], np.float32).astype(np.float64),
    "float32": np.array([[0.1, 1e-30], [3e38, -7.5]], np.float32),
    "int64": np.array([-(2**62), 5]),
    "uint64": np.array([2**64 - 1], np.uint64),
    "bool": np.array([True, False]),
    "empty": np.zeros((0, 3)),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_comes_back_bit_for_bit(name: str) -> None:
    column = COLUMNS[name]
    again = column_of(json.loads(json.dumps(listed(column), allow_nan=False)), type_of(column))
    assert again.dtype == column.dtype
    assert again.tobytes() == column.tobytes()
    assert type_of(column) == name or name == "empty"


def test_few_digits_where_few_will_do() -> None:
    assert listed(np.array([0.1], np.float32).astype(np.float64)) == [0.1]
    assert listed(np.array([0.1], np.float32)) == [0.1]


def test_what_is_not_finite_has_a_name() -> None:
    column = np.array([[np.nan, np.inf], [-np.inf, 0.1]])
    assert listed(column) == [["NaN", "Infinity"], ["-Infinity", 0.1]]
    assert np.array_equal(column_of(listed(column), "float64"), column, equal_nan=True)


@pytest.mark.parametrize("values", [["a"], [[1], 2], [None], [{}]])
def test_lists_of_something_else_are_refused(values: list[object]) -> None:
    with pytest.raises((TypeError, ValueError)):
        column_of(values, "int64")
