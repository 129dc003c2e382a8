"""Graphs to and from networkx."""

from typing import TYPE_CHECKING, Any

import numpy as np

from townsquare.protocols.errors import DataError
from townsquare.sim.graphs.graph import Graph
from townsquare.sim.graphs.joined import joined

if TYPE_CHECKING:
    import networkx as nx


def from_networkx(graph: "nx.Graph[Any]", weight: str | None = "weight") -> Graph:
    """A networkx graph; nodes keep their order and are called by their text.

    Args:
        graph: directed or not, with or without parallel edges (their weights are added up). Loops are dropped.
        weight: the edge attribute that holds the weight; an edge without it weighs 1. None: all edges weigh 1.

    Raises:
        DataError: two nodes have the same text, or a weight is no number above 0.
    """
    ids = tuple(map(str, graph))
    if len(set(ids)) < len(ids):
        twice = next(name for i, name in enumerate(ids) if name in ids[:i])
        raise DataError(f"two nodes of the graph are both called {twice!r}, and ids are compared as text.")
    number = {node: i for i, node in enumerate(graph)}
    m = graph.number_of_edges()
    source = np.fromiter((number[edge[0]] for edge in graph.edges()), np.int64, m)
    target = np.fromiter((number[edge[1]] for edge in graph.edges()), np.int64, m)
    weights = None
    if weight is not None and any(weight in data for *_, data in graph.edges(data=True)):
        said = [(a, b, data.get(weight, 1.0)) for a, b, data in graph.edges(data=True)]
        weights = np.array([_number(value) for *_, value in said], np.float64)
        bad = np.flatnonzero(~(np.isfinite(weights) & (weights > 0)))
        if len(bad):
            a, b, value = said[bad[0]]
            raise DataError(f"edge {a!s} - {b!s}: the weight must be a number above 0 (got {value!r}).")
    return joined(source, target, ids, weights=weights, directed=graph.is_directed()).graph


def to_networkx(graph: Graph) -> "nx.Graph[Any]":
    """The graph with its own ids as nodes, in order, and ``weight`` on every edge; a DiGraph where it is directed."""
    import networkx as nx  # heavy

    made: Any = nx.DiGraph() if graph.directed else nx.Graph()
    made.add_nodes_from(graph.ids)
    pairs = graph.pairs()
    coo = graph.weights.tocoo()
    values = coo.data if graph.directed else coo.data[coo.row < coo.col]
    ids = graph.ids
    made.add_weighted_edges_from(
        (ids[a], ids[b], w) for (a, b), w in zip(pairs.tolist(), values.astype(np.float64).tolist(), strict=True)
    )
    return made


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")
