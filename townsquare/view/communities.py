"""Communities of a graph, and where to draw them: no random number, so that a picture is the same every time."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from townsquare.view.graph_queries import Ties

ROUNDS = 12
"""Rounds after which communities are taken as they are."""
_GREEDY, _GREEDY_TIES = 600, 6_000
"""Nodes and ties up to which the better, slower method is used."""
_ENOUGH = 40
"""Communities that a picture can hold; of more, those that hang together are joined."""


@dataclass(frozen=True, slots=True)
class Communities:
    """Who belongs together."""

    of: NDArray[np.int64]
    """(agents,) number of the community, the largest is 0; -1 for those without any tie."""
    method: str
    """How they were found, in words."""

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self.of.max(initial=-1)) + 1


def communities(ties: Ties) -> Communities:
    """Greedy modularity (Clauset, Newman and Moore 2004) for small graphs, label propagation for others.

    Direction counts for nothing here, weight does. Numbers go by size, ties to the lowest agent.
    """
    strength = np.bincount(ties.source, weights=ties.weight, minlength=ties.agents).astype(float)
    strength += np.bincount(ties.target, weights=ties.weight, minlength=ties.agents)
    tied = np.flatnonzero(strength)
    if not len(tied):
        return Communities(np.full(ties.agents, -1, np.int64), "no ties")
    if len(tied) <= _GREEDY and len(ties) <= _GREEDY_TIES:
        labels, method = _greedy(ties), "greedy modularity"
    else:
        labels, method = _propagated(ties, strength, tied), "label propagation for modularity"
    found = np.full(ties.agents, -1, np.int64)
    _, first, place, size = np.unique(labels[tied], return_index=True, return_inverse=True, return_counts=True)
    order = np.lexsort((first, -size))
    number = np.empty(len(order), np.int64)
    number[order] = np.arange(len(order))
    found[tied] = number[place]
    return Communities(found, method)


def _greedy(ties: Ties) -> NDArray[np.int64]:
    import networkx as nx  # heavy

    graph: nx.Graph[int] = nx.Graph()
    low, high = np.minimum(ties.source, ties.target), np.maximum(ties.source, ties.target)
    order = np.lexsort((high, low))
    for a, b, weight in zip(low[order].tolist(), high[order].tolist(), ties.weight[order].tolist(), strict=True):
        before = graph.get_edge_data(a, b, {"weight": 0.0})["weight"]
        graph.add_edge(a, b, weight=before + weight)
    labels = np.arange(ties.agents)
    for members in nx.community.greedy_modularity_communities(graph, weight="weight"):
        labels[list(members)] = min(members)
    return labels


def _propagated(ties: Ties, strength: NDArray[np.float64], tied: NDArray[np.int64]) -> NDArray[np.int64]:
    """Label propagation that looks at modularity (Barber and Clark 2009), then the same with what it found, ...

    ... as long as more than ``_ENOUGH`` are left and some join, as Blondel and others (2008) do.
    """
    labels = np.arange(ties.agents)
    here, much = ties, strength
    place = np.arange(ties.agents)
    while True:
        found = _settled(here, much)
        _, number = np.unique(found, return_inverse=True)
        labels = number[place]
        count = int(number.max()) + 1
        if count == here.agents or len(np.unique(labels[tied])) <= _ENOUGH:
            return labels
        much = np.bincount(number, weights=much, minlength=count).astype(float)
        here, place = gathered(here, number, count)[1], labels
        if not len(here):
            return labels


def _settled(ties: Ties, strength: NDArray[np.float64]) -> NDArray[np.int64]:
    """Everybody takes the label among its neighbours' that adds most to modularity; its own where none adds any.

    Ours: those with even and with odd numbers take turns, all at once, so that a large graph is done in a few sorts;
    ties go to the lowest label.
    """
    n, whole = ties.agents, max(float(strength.sum()), 1e-12)
    source = np.concatenate([ties.source, ties.target, np.arange(n)])
    target = np.concatenate([ties.target, ties.source, np.arange(n)])
    weight = np.concatenate([ties.weight, ties.weight, np.zeros(n)])
    labels = np.arange(n)
    parts = [(source[half], target[half], weight[half]) for half in (source % 2 == 0, source % 2 == 1)]
    for _ in range(ROUNDS):
        before = labels.copy()
        for who, whom, much in parts:
            if not len(who):
                continue
            key, place = np.unique(who * n + labels[whom], return_inverse=True)
            agent, label = key // n, key % n
            held = np.bincount(labels, weights=strength, minlength=n)
            others = held[label] - np.where(labels[agent] == label, strength[agent], 0.0)
            gain = (np.bincount(place, weights=much) - strength[agent] * others / whole).round(9)
            order = np.lexsort((label, labels[agent] != label, -gain, agent))
            first = order[np.concatenate([[True], agent[order][1:] != agent[order][:-1]])]
            labels[agent[first]] = label[first]
        if np.array_equal(before, labels):
            break
    return labels


def gathered(ties: Ties, of: NDArray[np.int64], most: int) -> tuple[NDArray[np.int64], Ties]:
    """Each agent's node when communities are drawn (the ``most`` largest, the others together, -1 without ties), and
    the ties between these nodes.
    """
    node = np.where(of >= most, most, of)
    a, b = node[ties.source], node[ties.target]
    good = (a >= 0) & (b >= 0) & (a != b)
    size = int(node.max(initial=-1)) + 1
    if not good.any():
        return node, Ties(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), size)
    key, place = np.unique(a[good] * max(size, 1) + b[good], return_inverse=True)
    weight = np.bincount(place, weights=ties.weight[good], minlength=len(key))
    return node, Ties(key // max(size, 1), key % max(size, 1), weight.astype(float), size)


def laid_out(ties: Ties, nodes: NDArray[np.int64]) -> pd.DataFrame:
    """Where to draw ``nodes``: node, x, y within -1 and 1; neighbours near one another (Fruchterman and Reingold 1991).

    Begins on a circle, in the order given, so that the same graph always looks the same.
    """
    n = len(nodes)
    angle = 2 * np.pi * np.arange(n) / max(n, 1)
    spots = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    if n > 1:
        place = {int(node): row for row, node in enumerate(nodes)}
        matrix = np.zeros((n, n))
        for a, b, weight in zip(ties.source.tolist(), ties.target.tolist(), ties.weight.tolist(), strict=True):
            if a in place and b in place:
                matrix[place[a], place[b]] += weight
        matrix = matrix + matrix.T
        spots = _pulled(spots, matrix / max(float(matrix.max()), 1e-12))
    return pd.DataFrame({"node": nodes, "x": spots[:, 0].round(3), "y": spots[:, 1].round(3)})


def _pulled(spots: NDArray[np.float64], matrix: NDArray[np.float64], rounds: int = 150) -> NDArray[np.float64]:
    """Neighbours pull, all push, and everything is drawn a little to the middle; steps get shorter."""
    n = len(spots)
    ideal = np.sqrt(1.0 / n)
    pull = np.sqrt(matrix)
    for step in np.linspace(0.12, 0.002, rounds):
        apart = spots[:, None, :] - spots[None, :, :]
        distance = np.maximum(np.sqrt((apart**2).sum(axis=2)), 1e-3)
        force = ideal**2 / distance**2 - pull * distance / ideal
        np.fill_diagonal(force, 0.0)
        move = (apart * force[:, :, None]).sum(axis=1) - 0.5 * spots
        length = np.maximum(np.sqrt((move**2).sum(axis=1, keepdims=True)), 1e-9)
        spots = (spots + move / length * np.minimum(length, step)).round(9)
    spots = spots - spots.mean(axis=0)
    return spots / max(float(np.abs(spots).max()), 1e-9)
