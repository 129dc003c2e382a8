"""Graphs that tests of seeding rules share."""

import networkx as nx

from townsquare.sim.graphs.exchange import from_networkx
from townsquare.sim.graphs.graph import Graph


def chain() -> Graph:
    """0 is listened to by 1, and 1 by 2: influence goes 0 -> 1 -> 2."""
    made = nx.DiGraph()
    made.add_nodes_from(range(3))
    made.add_edges_from([(1, 0), (2, 1)])
    return from_networkx(made, None)


def small(seed: int) -> Graph:
    """6 to 12 nodes and 12 arcs."""
    return from_networkx(nx.gnm_random_graph(6 + seed % 7, 12, seed=seed, directed=True), None)


def twin_hubs() -> Graph:
    """Two hubs with the same 20 listeners, and a lesser one with 12 of its own; one way."""
    made = nx.DiGraph()
    made.add_nodes_from(range(35))
    made.add_edges_from([(listener, hub) for hub in (0, 1) for listener in range(3, 23)])
    made.add_edges_from([(listener, 2) for listener in range(23, 35)])
    return from_networkx(made, None)
