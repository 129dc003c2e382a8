"""Networks that tests of polarisation share."""

import networkx as nx
import numpy as np

from townsquare.protocols import IntArray
from townsquare.sim.graphs.exchange import from_networkx
from townsquare.sim.polarisation.ties import Ties


def ties_of(graph: nx.Graph) -> Ties:
    """The ties of a graph, its nodes numbered in order."""
    return Ties.of(from_networkx(graph, None).weights)


def karate() -> tuple[Ties, IntArray]:
    """Zachary's club and where its members went."""
    club = nx.karate_club_graph()
    return ties_of(club), np.array([club.nodes[node]["club"] == "Officer" for node in club], np.int8)
