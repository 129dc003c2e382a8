"""Meetings one after the other, carried out many at a time with the very same outcome."""

from collections.abc import Iterator

import numpy as np

from townsquare.protocols.columns import IntArray


def rounds(pairs: IntArray, n: int) -> Iterator[IntArray]:
    """Places of ``pairs`` (m, 2), a batch at a time: no node comes twice in a batch, and batch after batch gives what
    the pairs one by one, in order, would give.

    A pair's turn comes when neither of its nodes occurs in an earlier pair that still waits.
    """
    pending = np.arange(len(pairs), dtype=np.int32)
    ends = np.ascontiguousarray(pairs, dtype=np.int32)
    first = np.empty(n, np.int32)
    while len(pending):
        place = np.arange(len(pending), dtype=np.int32)
        # the last write to a cell stays, so writing backwards leaves each node's earliest pair
        first[ends[::-1].ravel()] = np.repeat(place[::-1], 2)
        ready = (first[ends[:, 0]] == place) & (first[ends[:, 1]] == place)
        yield pending[ready]
        waits = ~ready
        pending, ends = pending[waits], ends[waits]


def disjoint(pairs: IntArray, n: int) -> IntArray:
    """(k, 2) the pairs of (m, 2) that take place when each node has time for one: in order, whoever is free meets.

    The outcome is maximal: no pair that is left out has both its nodes free.
    """
    taken = np.zeros(n, bool)
    kept = np.zeros(len(pairs), bool)
    for batch in rounds(pairs, n):
        free = batch[~taken[pairs[batch]].any(axis=1)]
        taken[pairs[free].ravel()] = True
        kept[free] = True
    return np.asarray(pairs)[kept]
