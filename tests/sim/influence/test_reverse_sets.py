from itertools import combinations

import numpy as np
import pytest
import scipy.sparse as sp

from tests.sim.influence.crowds import chain, small
from townsquare.protocols import Streams
from townsquare.sim.influence.reverse_sets import ReverseSets, covering
from townsquare.sim.influence.spread import exact_spread


def estimate(graph, nodes, count, seed=0):
    """Expected spread by reverse-reachable sets, and its standard error."""
    sets = ReverseSets(graph, 0.5, Streams(seed).get("test"))
    sets.grow(count)
    share = sets.held(np.array(nodes)) / count
    return share * len(graph), len(graph) * (share * (1 - share) / count) ** 0.5


@pytest.mark.parametrize(("node", "golden"), [(0, 1.75), (1, 1.5), (2, 1.0)])
def test_golden_within_three_sigma(node, golden):
    found, error = estimate(chain(), [node], 20_000)
    assert abs(found - golden) < 3 * error


@pytest.mark.parametrize("seed", range(5))
def test_sets_count_what_cascades_reach(seed):
    graph = small(seed)
    found, error = estimate(graph, [1, 4], 20_000, seed)
    assert abs(found - exact_spread(graph, np.array([1, 4]), 0.5)) < 3.5 * error


def test_the_table_holds_what_was_counted():
    sets = ReverseSets(small(3), 0.5, Streams(0).get("test"))
    sets.grow(100)
    sets.grow(250)
    table = sets.table()
    assert (len(sets), table.shape, table.nnz) == (250, (250, len(small(3))), sets.entries)
    assert (table.toarray() <= 1).all()
    assert (table.sum(axis=1) >= 1).all()
    for nodes in ([0], [0, 2], [5]):
        assert sets.held(np.array(nodes)) == int((table.toarray()[:, nodes].sum(axis=1) > 0).sum())


def test_covering_is_greedy_and_its_bound_holds():
    rng = Streams(2).get("test")
    for _ in range(20):
        table = sp.csr_array((rng.random((40, 9)) < 0.15).astype(np.int8))
        found = covering(table, 3)
        dense = table.toarray() > 0
        best = max(int(dense[:, list(some)].any(axis=1).sum()) for some in combinations(range(9), 3))
        assert found.covered[-1] == int(dense[:, found.nodes].any(axis=1).sum())
        assert found.covered[-1] <= best <= found.most
        assert found.covered[-1] >= (1 - 1 / np.e) * best
        assert found.covered[0] == dense.sum(axis=0).max()


def test_nodes_that_add_nothing_come_last_and_once():
    table = sp.csr_array(np.array([[1, 1, 0, 0], [1, 1, 0, 0]], np.int8))
    assert covering(table, 4).nodes.tolist() == [0, 1, 2, 3]
