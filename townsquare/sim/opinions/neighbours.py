"""Sums over the neighbours of each node, a stretch of rows at a time so that memory stays bounded."""

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp

from townsquare.protocols.columns import FloatArray, IntArray

ENTRIES = 1 << 21
"""Entries of the matrix that are worked on at a time."""


def stretches(weights: sp.csr_array, entries: int = ENTRIES) -> Iterator[tuple[slice, slice, IntArray]]:
    """Rows in stretches of about ``entries`` entries (one row at least): the rows, their entries, and their pointers
    counted from the first of them.
    """
    pointers, n = weights.indptr, weights.shape[0]
    row = 0
    while row < n:
        last = int(np.searchsorted(pointers, pointers[row] + entries, side="right")) - 1
        last = min(max(last, row + 1), n)
        begin, end = int(pointers[row]), int(pointers[last])
        yield slice(row, last), slice(begin, end), pointers[row : last + 1] - pointers[row]
        row = last


def owners(pointers: IntArray) -> IntArray:
    """For each entry of a stretch its row, counted from the first row of the stretch."""
    return np.repeat(np.arange(len(pointers) - 1), np.diff(pointers))


def neighbour_mean(weights: sp.csr_array, values: FloatArray) -> FloatArray:
    """The weighted mean of each node's neighbours; where it has none, its own value.

    Args:
        weights: (n, n), entries above 0.
        values: (n,) or (n, d), float64.
    """
    out = np.array(values, np.float64)
    n = weights.shape[0]
    for rows, entries, pointers in stretches(weights, ENTRIES // max(1, values[0:1].size)):
        data = weights.data[entries].astype(np.float64)
        part = sp.csr_array((data, weights.indices[entries], pointers), shape=(len(pointers) - 1, n))
        sums = np.asarray(part @ values)
        total = np.bincount(owners(pointers), weights=data, minlength=len(pointers) - 1)
        some = total > 0
        divisor = total[some] if values.ndim == 1 else total[some, None]
        out[rows][some] = sums[some] / divisor
    return out
