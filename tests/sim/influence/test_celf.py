from itertools import combinations

import networkx as nx
import numpy as np
import pytest

from tests.sim.influence.crowds import chain, small, twin_hubs
from townsquare.protocols import InputError, Streams
from townsquare.sim.graphs.exchange import from_networkx
from townsquare.sim.graphs.made import GraphSettings, make_graph
from townsquare.sim.influence.celf import CELFSeeds
from townsquare.sim.influence.spread import worlds


def rule(seed=0, **settings):
    return CELFSeeds(CELFSeeds.Config(**settings), Streams(seed))


def test_the_chain_begins_at_its_head():
    assert rule().choose(chain(), 1, 0.5).tolist() == [0]


@pytest.mark.parametrize("seed", range(20))
def test_at_least_its_share_of_the_best(seed):
    graph, k, probability = small(seed), 2 + seed % 2, 0.4
    chances, reached = worlds(graph, probability)

    def spread(nodes):
        return float(chances @ reached[:, list(nodes)].any(axis=1).sum(axis=1))

    best = max(spread(nodes) for nodes in combinations(range(len(graph)), k))
    assert spread(rule(seed).choose(graph, k, probability)) >= 0.63 * best


def test_two_hubs_with_the_same_listeners():
    assert sorted(rule().choose(twin_hubs(), 2, 0.9).tolist()) in ([0, 2], [1, 2])


def test_lazy_is_greedy():
    """The same as looking everybody up again in every step, in the same worlds."""
    graph = from_networkx(nx.gnm_random_graph(25, 60, seed=2), None)
    lazy = rule(5, worlds=60)
    table = lazy._worlds(graph, 0.15)
    n, count = 25, 60
    closed = np.zeros((count, n, n), bool)
    for world in range(count):
        block = table[world * n : (world + 1) * n, world * n : (world + 1) * n].toarray() > 0
        reached = np.eye(n, dtype=bool)
        for _ in range(n):
            reached |= reached @ block
        closed[world] = reached
    chosen: list[int] = []
    for _ in range(6):
        gains = [-1 if v in chosen else int(closed[:, [*chosen, v]].any(axis=1).sum()) for v in range(n)]
        chosen.append(int(np.argmax(gains)))
    assert lazy.choose(graph, 6, 0.15).tolist() == chosen


def test_only_candidates_are_thought_of():
    assert set(rule(candidates=2).choose(twin_hubs(), 2, 0.9).tolist()) == {0, 1}
    assert len(set(rule(candidates=2).choose(twin_hubs(), 4, 0.9).tolist())) == 4


def test_what_is_too_large_is_refused():
    graph = make_graph(GraphSettings(kind="ring", nodes=100_000, degree=10), Streams(0))
    with pytest.raises(InputError, match=r"too large for that .*: use the rule reach"):
        rule(worlds=1000).choose(graph, 2, 0.5)
