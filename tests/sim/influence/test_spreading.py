import networkx as nx
import numpy as np
import pytest

from townsquare.protocols import Streams
from townsquare.sim.graphs.exchange import from_networkx
from townsquare.sim.influence import spreading
from townsquare.sim.influence.spreading import Spreading, closure, successes


@pytest.mark.parametrize("probability", [0.001, 0.1, 0.5, 0.9, 1.0])
def test_successes_are_independent_tries(probability):
    tries = 200_000
    found = successes(tries, probability, Streams(0).get("test"))
    assert (np.diff(found) > 0).all()
    assert found[0] >= 0
    assert found[-1] < tries
    assert abs(len(found) - tries * probability) <= 4 * (tries * probability * (1 - probability)) ** 0.5
    # no part of the tries is luckier than another
    halves = np.histogram(found, bins=[0, tries // 2, tries])[0]
    assert abs(halves[0] - halves[1]) <= 4 * (tries * probability * (1 - probability)) ** 0.5 + 1


def test_few_tries():
    rng = Streams(0).get("test")
    assert len(successes(0, 0.5, rng)) == 0
    assert np.mean([len(successes(1, 0.3, rng)) for _ in range(3000)]) == pytest.approx(0.3, abs=0.03)


def test_where_all_carries_everybody_connected_is_reached():
    graph = from_networkx(nx.disjoint_union(nx.path_graph(4), nx.cycle_graph(3)), None)
    seen = np.zeros(14, bool)
    found = closure(graph.weights, np.array([1, 7 + 5]), seen, 1.0, Streams(0).get("test"))
    assert sorted(found.tolist()) == [0, 1, 2, 3, 11, 12, 13]
    assert np.flatnonzero(seen).tolist() == sorted(found.tolist())


@pytest.mark.parametrize("seed", range(5))
def test_listing_and_marking_are_the_same(seed):
    graph = from_networkx(nx.gnm_random_graph(60, 150, seed=seed), None)
    start = np.arange(40) * 60 + np.arange(40)
    marked, listed = (
        closure(graph.weights, start, seen, 0.25, Streams(seed).get("test")) for seen in (np.zeros(2400, bool), None)
    )
    assert np.array_equal(marked, listed)
    assert len(set(marked.tolist())) == len(marked)


@pytest.mark.parametrize("sparse", [0.0, 1.1])
def test_lots_change_neither_size_nor_number(monkeypatch, sparse):
    graph = from_networkx(nx.gnm_random_graph(50, 100, seed=1), None)
    monkeypatch.setattr(spreading, "_SPARSE", sparse)
    means = []
    for entries in (1, 400, 4_000_000):
        monkeypatch.setattr(spreading, "_ENTRIES", entries)
        some, sizes = Spreading(graph.weights, 0.3), []
        for lot in some.lots(1500):
            runs, _ = some.reach(np.arange(lot), np.zeros(lot, int), lot, Streams(0).get("test", len(sizes)))
            sizes += np.bincount(runs, minlength=lot).tolist()
        assert len(sizes) == 1500
        means.append(np.mean(sizes))
    assert max(means) - min(means) < 5 * np.std(sizes) / 1500**0.5
