"""A graph put together from the two ends of each of its edges."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.sim.graphs.graph import Graph


@dataclass(frozen=True, slots=True)
class Joined:
    """A graph, and what was left out of it."""

    graph: Graph
    loops: int
    """Edges from a node to itself: nobody listens to oneself, so they are dropped."""
    repeats: int
    """Rows that name an edge which an earlier row names; of an undirected graph also the other way round."""


def joined(
    source: IntArray, target: IntArray, ids: Sequence[str], *, weights: FloatArray | None = None, directed: bool = False
) -> Joined:
    """The graph with the edges ``source[e]``, ``target[e]``; ``source`` listens to ``target``.

    Args:
        source: (m,) node numbers from 0.
        target: (m,) likewise.
        ids: (n,) what the nodes are called.
        weights: (m,) above 0; those of an edge that comes more than once are added up. None: every edge weighs 1,
            however often it comes.
        directed: whether an edge holds one way only.
    """
    n = len(ids)
    source, target = np.asarray(source, np.int32), np.asarray(target, np.int32)  # as scipy's indices: half the memory
    own = source == target
    loops = int(own.sum())
    if loops:
        source, target = source[~own], target[~own]
        weights = None if weights is None else weights[~own]
    if not directed:
        source, target = np.minimum(source, target), np.maximum(source, target)
    values = np.ones(len(source), np.float64) if weights is None else np.asarray(weights, np.float64)
    half = sp.coo_array((values, (source, target)), shape=(n, n)).tocsr()  # adds up what comes more than once
    repeats = len(source) - int(half.nnz)
    if weights is None:
        half.data[:] = 1.0
    matrix = sp.csr_array(half.astype(np.float32))
    if not directed:
        matrix = sp.csr_array(matrix + matrix.T)
    matrix.sort_indices()
    return Joined(Graph(matrix, ids, directed), loops, repeats)
