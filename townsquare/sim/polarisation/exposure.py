"""What people are shown, or whom they listen to: the part of polarisation that a recommender can move."""

import numpy as np
import scipy.sparse as sp

from townsquare.protocols import FloatArray, IntArray


def cross_share(sides: IntArray, theirs: IntArray) -> float:
    """Share of what was met that comes from the other side, 0 to 1; NaN where nothing was met.

    Args:
        sides: (m,) the side of the one who listens, reads or clicks, a row for each time.
        theirs: (m,) the side of whom they listen to, or of the item.
    """
    return float(np.mean(sides != theirs)) if len(sides) else float("nan")


def distance(opinions: FloatArray, theirs: FloatArray) -> float:
    """Mean ``|x_user - x_item|`` over what was met, 0 to 1 for opinions on [0, 1]; NaN where nothing was met."""
    return float(np.mean(np.abs(opinions - theirs), dtype=np.float64)) if len(opinions) else float("nan")


def neighbours(graph: sp.csr_array) -> tuple[IntArray, IntArray]:
    """Who listens, (m,), and to whom, (m,): both ways round where the graph is undirected."""
    listener = np.repeat(np.arange(graph.shape[0], dtype=graph.indices.dtype), np.diff(graph.indptr))
    return listener, graph.indices
