"""One thing leads to another: the step that cascades, forwards, and reverse-reachable sets, backwards, share."""

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp

from townsquare.protocols import BoolArray, IntArray

_CELLS = 1 << 27
"""Runs times nodes of which it is noted who has been reached, a byte each."""
_ENTRIES = 4_000_000
"""How many reached nodes a lot of runs should come to; working on them takes some ten times 8 bytes each."""

_SPARSE = 0.001
"""Share of the nodes that runs reach on average, below which those reached are listed."""


def closure(
    arcs: sp.csr_array, start: IntArray, seen: BoolArray | None, probability: float, rng: np.random.Generator
) -> IntArray:
    """Everybody who is reached from ``start``, in many independent runs at once.

    Whoever is reached tries each neighbour in his row of ``arcs`` once, and succeeds with ``probability``. Which tries
    succeed is drawn by the gaps between successes, so that the time goes with the successes and not with the tries.

    Args:
        arcs: (n, n); an entry (i, j): i may reach j. Values do not matter.
        start: run * n + node, none twice, none in ``seen``.
        seen: (runs * n,) who is not to be reached any more; those who are reached are added to it. None: whether
            somebody has been reached is looked up among those who have, which suits many runs that reach few.
        probability: above 0, at most 1.
        rng: the draws.

    Returns:
        run * n + node for each node reached, starts included, none twice.
    """
    n = arcs.shape[0]
    front = np.sort(start)
    found = [front]
    if seen is not None:
        seen[front] = True
    while len(front):
        source = front % n
        begins = arcs.indptr[source].astype(np.int64)
        upto = np.cumsum(arcs.indptr[source + 1] - begins)
        tried = successes(int(upto[-1]), probability, rng)
        owner = np.searchsorted(upto, tried, side="right")
        # of all tries in a row, the last of an owner is upto - 1, and that is the last arc of his row
        arc = tried - upto[owner] + arcs.indptr[source[owner] + 1]
        reached = arcs.indices[arc] + (front[owner] - source[owner])
        if seen is not None:
            front = _distinct(reached[~seen[reached]])
            seen[front] = True
        else:
            front = _without(_distinct(reached), np.sort(np.concatenate(found)))
        found.append(front)
    return np.concatenate(found)


def _distinct(values: IntArray) -> IntArray:
    """Ascending; np.unique would hash, which takes ten times as long."""
    ordered = np.sort(values)
    return ordered[np.diff(ordered, prepend=-1) > 0]


def _without(values: IntArray, others: IntArray) -> IntArray:
    """The values that are not among ``others``, which ascend and are not empty."""
    place = np.minimum(np.searchsorted(others, values), len(others) - 1)
    return values[others[place] != values]


def successes(tries: int, probability: float, rng: np.random.Generator) -> IntArray:
    """Which of so many independent tries succeed, ascending int64."""
    if probability >= 1:
        return np.arange(tries)
    parts, last = [np.zeros(0, np.int64)], -1
    while last < tries - 1:
        expected = (tries - 1 - last) * probability
        places = last + np.cumsum(rng.geometric(probability, int(expected + 4 * expected**0.5) + 4))
        parts.append(places)
        last = int(places[-1])
    found = np.concatenate(parts)
    return found[: np.searchsorted(found, tries)]


class Spreading:
    """Independent runs over the same arcs, in lots that fit into memory."""

    def __init__(self, arcs: sp.csr_array, probability: float) -> None:
        self.arcs, self.probability = arcs, probability
        self._seen = np.zeros(0, bool)
        self._runs = self._reached = 0

    def lots(self, runs: int) -> Iterator[int]:
        """``runs`` in parts: sizes follow from the graph and from how far runs have got so far.

        The first part is small enough for runs that reach everybody; each part has at most four times as many runs as
        there were before, lest a rare large one has not been met.
        """
        n = self.arcs.shape[0]
        while runs > 0:
            lot = _ENTRIES // n if not self._runs else min(4 * self._runs, int(_ENTRIES / self._mean))
            lot = max(1, min(runs, lot if self._few else min(lot, _CELLS // n)))
            yield lot
            runs -= lot

    def reach(
        self, runs: IntArray, nodes: IntArray, n_runs: int, rng: np.random.Generator
    ) -> tuple[IntArray, IntArray]:
        """Runs and nodes that are reached where run ``runs[s]`` starts at ``nodes[s]``; in no particular order."""
        n = self.arcs.shape[0]
        start = runs.astype(np.int64) * n + nodes
        if self._few:
            found = closure(self.arcs, start, None, self.probability, rng)
        else:
            if len(self._seen) < n_runs * n:
                self._seen = np.zeros(n_runs * n, bool)
            found = closure(self.arcs, start, self._seen, self.probability, rng)
            self._seen[found] = False
        self._runs, self._reached = self._runs + n_runs, self._reached + len(found)
        return found // n, found % n

    @property
    def _mean(self) -> float:
        return max(self._reached / self._runs, 1.0) if self._runs else float(self.arcs.shape[0])

    @property
    def _few(self) -> bool:
        """Whether a run reaches so few that a place for everybody would be a waste."""
        return self._mean < _SPARSE * self.arcs.shape[0]
