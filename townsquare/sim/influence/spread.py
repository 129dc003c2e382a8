"""How many are reached in the end, exactly: every way that things may go, for graphs of a few arcs."""

import numpy as np

from townsquare.protocols import BoolArray, FloatArray, InputError, IntArray
from townsquare.sim.graphs.graph import Graph

ARCS = 16
"""The most arcs that may stand in ``Graph.weights``: of an undirected edge, there are two."""


def exact_spread(graph: Graph, seeds: IntArray, probability: float) -> float:
    """The expected number of nodes that a cascade from ``seeds`` reaches, seeds included (``cascade.cascades``).

    Raises:
        InputError: more than 16 arcs.
    """
    chances, reached = worlds(graph, probability)
    return float(chances @ reached[:, np.asarray(seeds, np.int64)].any(axis=1).sum(axis=1))


def worlds(graph: Graph, probability: float) -> tuple[FloatArray, BoolArray]:
    """Every set of arcs that may succeed: (w,) how likely it is, and (w, n, n) whether node j is reached from i in it.

    Raises:
        InputError: more than 16 arcs.
    """
    n, arcs = len(graph), graph.weights.nnz
    if arcs > ARCS:
        raise InputError(f"an exact spread takes a graph of at most {ARCS} arcs (got {arcs:,}).")
    coo = graph.weights.tocoo()
    live = (np.arange(1 << arcs)[:, None] >> np.arange(arcs)) & 1 == 1
    count = live.sum(axis=1)
    reached = np.zeros((1 << arcs, n, n), bool)
    reached[:, np.arange(n), np.arange(n)] = True
    for _ in range(n - 1):
        for arc, (listener, source) in enumerate(zip(coo.row, coo.col, strict=True)):
            reached[:, :, listener] |= reached[:, :, source] & live[:, arc, None]
    return probability**count * (1 - probability) ** (arcs - count), reached
