"""MeritRank's walks against values that follow from its formulas."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from townsquare.sim.defences.walks import Walks, decayed

SYBILS = 50
ATTACKER, FIRST = 1, 3
WALKS = 100_000


def graph(n, edges):
    start, end, weight = zip(*edges, strict=True)
    return csr_array((np.array(weight, float), (start, end)), shape=(n, n))


def walked(edges, n, alpha=0.15, count=WALKS, seed=0):
    return Walks.taken(graph(n, edges), np.array([0]), count, alpha, np.random.default_rng(seed))


LITTLE = [(0, 1, 3), (0, 2, 1), (1, 3, 1)]


def test_a_graph_small_enough_for_pen_and_paper():
    walks = walked(LITTLE, 4)
    for node, p in ((1, 0.6375), (2, 0.2125), (3, 0.541875)):
        assert walks.hits()[node] / WALKS == pytest.approx(p, abs=3 * np.sqrt(p * (1 - p) / WALKS))
    assert walks.hitting() == pytest.approx([0, 0.458015, 0.152672, 0.389313], abs=0.005)
    assert np.array_equal(walks.hitting(), walks.ranking())


def test_connectivity_decay_hits_who_stands_behind_a_bridge():
    walks = walked(LITTLE, 4)
    assert walks.bottleneck().tolist() == [0, 0, 0, 1]
    scores = np.array([0, 0.458015, 0.152672, 0.389313])
    cut = decayed(scores, walks.bottleneck(), 1.0, 0.5)
    assert cut == pytest.approx([0, 0.458015, 0.152672, 0.194656], abs=1e-6)
    # the published code scales what was not cut by 1 / (1 - what was taken), and the sum is not 1 again
    repo = np.where(walks.bottleneck() < 1, cut / (1 - (scores - cut).sum()), cut)
    assert repo == pytest.approx([0, 0.568720, 0.189573, 0.194656], abs=1e-5)
    assert repo.sum() == pytest.approx(0.952950, abs=1e-5)


def test_two_routes_are_no_bridge():
    walks = walked([(0, 1, 1), (0, 2, 1), (1, 3, 1), (2, 3, 1)], 4)
    share = walks.bottleneck()[3]
    assert 0.45 < share < 0.55
    assert decayed(walks.hitting(), walks.bottleneck(), 1.0, 0.5)[3] == walks.hitting()[3]


def test_a_return_to_the_seed_begins_anew():
    """Who is trusted by the seed itself is behind nobody, whatever the walk did before it came back."""
    walks = walked([(0, 1, 1), (0, 2, 1), (1, 0, 1)], 3)
    assert walks.bottleneck().tolist() == [0, 0, 0]


def test_a_negative_edge_ends_the_walk():
    walks = walked([(0, 1, 1), (1, 2, -1), (1, 3, 1), (2, 4, 1)], 5, alpha=0.5)
    assert walks.hits()[[2, 4]].tolist() == [0, 0]
    assert walks.negative[2] / WALKS == pytest.approx(0.125, abs=0.005)
    assert walks.hits()[3] / WALKS == pytest.approx(0.125, abs=0.005)


def sybils(kind):
    """Seed 0 trusts the attacker and an honest user, who trusts the seed; 50 Sybils stand behind the attacker."""
    edges, those = [(0, ATTACKER, 1), (0, 2, 1), (2, 0, 1)], list(range(FIRST, FIRST + SYBILS))
    if kind == "path":
        return edges + [(a, b, 1) for a, b in zip([ATTACKER, *those], those, strict=False)]
    edges += [(ATTACKER, one, 1) for one in those]
    return edges + ([(one, ATTACKER, 1) for one in those] if kind == "cycle" else [])


GAINS = {
    # alpha: path, parallel, cycle by hits, cycle by visits, cycle in visits per walk that reached the attacker
    0.05: (17.57, 0.949, 8.22, 0.950, 20.0),
    0.15: (5.68, 0.850, 2.92, 0.849, 6.68),
    0.33: (2.01, 0.668, 1.19, 0.668, 3.01),
    0.50: (0.99, 0.498, 0.66, 0.501, 1.99),
}


def gain(scores):
    return scores[FIRST:].sum() / scores[ATTACKER]


@pytest.mark.parametrize("alpha", [pytest.param(0.05, marks=pytest.mark.slow), 0.15, 0.33, 0.50])
def test_what_fifty_sybils_gain(alpha):
    path, parallel, by_hits, by_visits, absolute = GAINS[alpha]
    n, n_walks = FIRST + SYBILS, WALKS * (4 if alpha < 0.1 else 1)
    found = {kind: walked(sybils(kind), n, alpha, count=n_walks, seed=3) for kind in ("path", "parallel", "cycle")}
    slack = 0.05 if alpha > 0.05 else 0.1  # the golden value is itself a sample; the exact one is 17.54
    assert gain(found["path"].hitting()) == pytest.approx(path, abs=slack)
    assert gain(found["path"].hitting()) == pytest.approx(gain(found["path"].ranking()), abs=1e-9)
    assert gain(found["path"].hitting()) == pytest.approx((1 - alpha) / alpha * (1 - (1 - alpha) ** 50), abs=slack)
    assert gain(found["path"].hitting()) < (1 - alpha) / alpha + 0.05
    assert gain(found["parallel"].hitting()) == pytest.approx(parallel, abs=0.05)
    assert gain(found["cycle"].hitting()) == pytest.approx(by_hits, abs=0.05)
    assert gain(found["cycle"].ranking()) == pytest.approx(by_visits, abs=0.05)
    visits = found["cycle"].visits()[[ATTACKER, *range(FIRST, n)]].sum()
    assert visits / found["cycle"].hits()[ATTACKER] == pytest.approx(absolute, abs=0.05 if alpha > 0.05 else 0.1)


def test_more_walks_are_surer():
    def spread(count):
        return np.std([walked(LITTLE, 4, count=count, seed=seed).hitting()[1] for seed in range(200)])

    assert spread(200) / spread(2_000) == pytest.approx(np.sqrt(10), rel=0.25)


def test_the_same_numbers_give_the_same_walks():
    assert np.array_equal(walked(LITTLE, 4).node, walked(LITTLE, 4).node)


def test_nobody_goes_anywhere_without_seeds_or_edges():
    lonely = Walks.taken(csr_array((3, 3)), np.array([0]), 10, 0.1, np.random.default_rng(0))
    aimless = Walks.taken(graph(4, LITTLE), np.zeros(0, int), 10, 0.1, np.random.default_rng(0))
    for walks in (lonely, aimless):
        assert not walks.hits().any()
        assert not walks.hitting().any()
        assert not walks.bottleneck().any()
