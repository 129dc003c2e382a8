"""Whom those hear in a tick for whom a mind decides."""

import numpy as np
import scipy.sparse as sp

from townsquare.protocols.columns import NOBODY, IntArray
from townsquare.protocols.streams import Streams


def in_meetings(pairs: IntArray, listeners: IntArray, most: int, directed: bool) -> tuple[IntArray, IntArray]:
    """Those whom each listener meets, in the order of the meetings, each once.

    Args:
        pairs: (m, 2) meetings; on a directed graph only the first of the two listens.
        listeners: node numbers, ascending.
        most: how many are heard at most.
        directed: whether the graph is.

    Returns:
        (k,) the listeners that meet anybody, and (k, most) whom, filled up with -1.
    """
    wanted = set(listeners.tolist())
    concerned = np.isin(pairs, listeners).any(axis=1)
    found: dict[int, dict[int, None]] = {}
    for first, second in np.asarray(pairs)[concerned].tolist():
        if first in wanted:
            found.setdefault(first, {})[second] = None
        if second in wanted and not directed:
            found.setdefault(second, {})[first] = None
    return _table({node: list(heard)[:most] for node, heard in found.items()}, most)


def among_neighbours(
    weights: sp.csr_array, listeners: IntArray, most: int, tick: int, streams: Streams
) -> tuple[IntArray, IntArray]:
    """``most`` neighbours of each listener, drawn at random without replacement; the same shapes."""
    found = {}
    for node in listeners.tolist():
        around = weights.indices[weights.indptr[node] : weights.indptr[node + 1]]
        if len(around):
            luck = streams.uniform("heard", tick, np.array([node]), around)
            found[node] = around[np.argsort(luck, kind="stable")[:most]].tolist()
    return _table(found, most)


def _table(found: dict[int, list[int]], most: int) -> tuple[IntArray, IntArray]:
    nodes = sorted(found)
    heard = np.full((len(nodes), most), NOBODY, np.int32)
    for row, node in enumerate(nodes):
        heard[row, : len(found[node])] = found[node]
    return np.array(nodes, np.int32), heard
