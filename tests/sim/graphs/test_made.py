import networkx as nx
import numpy as np
import pytest
from pydantic import ValidationError

from townsquare.protocols.streams import Streams
from townsquare.sim.graphs.exchange import to_networkx
from townsquare.sim.graphs.made import GraphSettings, block_of, make_graph, make_labelled


def made(seed=0, **settings):
    return make_graph(GraphSettings(**settings), Streams(seed))


@pytest.mark.parametrize("kind", ["complete", "erdos-renyi", "small-world", "scale-free", "blocks", "ring", "karate"])
def test_every_kind_is_a_simple_graph_and_a_function_of_the_seed(kind):
    graph, again, other = (made(seed, kind=kind, nodes=90, degree=6) for seed in (3, 3, 4))
    w = graph.weights
    assert w.has_canonical_format
    assert w.dtype == np.float32
    assert (w != w.T).nnz == 0
    assert w.diagonal().sum() == 0
    assert (w.data == 1).all()
    assert (w != again.weights).nnz == 0
    assert ((w != other.weights).nnz > 0) == (kind not in ("complete", "ring", "karate"))
    assert len(set(graph.ids)) == len(graph)


def test_the_edges_of_each_kind():
    assert made(kind="complete", nodes=50).edges == 50 * 49 / 2
    ring = made(kind="ring", nodes=40, degree=4)
    assert (np.diff(ring.weights.indptr) == 4).all()
    assert nx.is_isomorphic(to_networkx(ring), nx.circulant_graph(40, [1, 2]))
    world = made(kind="small-world", nodes=400, degree=6, rewire=0.2)
    assert world.edges == 1200
    both = set(map(tuple, world.pairs().tolist())) & set(
        map(tuple, made(kind="ring", nodes=400, degree=6).pairs().tolist())
    )
    assert len(both) / 1200 == pytest.approx(0.8, abs=0.04)
    karate = made(kind="karate")
    assert (len(karate), karate.edges) == (34, 78)


def test_erdos_renyi_has_binomially_many_edges():
    counts = [made(seed, kind="erdos-renyi", nodes=60, degree=10).edges for seed in range(60)]
    mean, sd = 300, (300 * (1 - 10 / 59)) ** 0.5
    assert np.mean(counts) == pytest.approx(mean, abs=4 * sd / 60**0.5)
    assert np.std(counts) == pytest.approx(sd, rel=0.35)


def test_a_full_random_graph_is_complete():
    assert made(kind="erdos-renyi", nodes=30, degree=29).edges == 30 * 29 / 2


def test_scale_free_is_connected_and_has_hubs():
    graph = made(kind="scale-free", nodes=3000, degree=6)
    reference = nx.barabasi_albert_graph(3000, 3, seed=1)
    degrees = np.diff(graph.weights.indptr)
    assert nx.is_connected(to_networkx(graph))
    assert degrees.mean() == pytest.approx(6, rel=0.03)
    assert degrees.max() == pytest.approx(max(d for _, d in reference.degree), rel=0.6)
    # a share of about 2 m (m + 1) / (k (k + 1) (k + 2)) has degree k = m = 3 (Bollobas et al. 2001)
    assert (degrees == 3).mean() == pytest.approx(2 * 3 * 4 / (3 * 4 * 5), abs=0.04)


def test_blocks_cross_as_often_as_they_are_told():
    settings = GraphSettings(kind="blocks", nodes=900, degree=12, blocks=3, crossing=0.2)
    drawn = make_labelled(settings, Streams(1))
    pairs, block = drawn.graph.pairs(), block_of(900, 3)
    assert (np.bincount(block) == 300).all()
    assert drawn.labels["side"].tolist() == [str(b) for b in block]
    assert len(pairs) == pytest.approx(5400, rel=0.05)
    assert (block[pairs[:, 0]] != block[pairs[:, 1]]).mean() == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize("kind", ["erdos-renyi", "blocks"])
def test_large_graphs_are_drawn_like_small_ones(kind, monkeypatch):
    monkeypatch.setattr("townsquare.sim.graphs.made._COMPLETE", 100)
    graph = made(kind=kind, nodes=900, degree=12, blocks=9, crossing=0.5)
    pairs, block = graph.pairs(), block_of(900, 9)
    assert len(pairs) == pytest.approx(5400, rel=0.05)
    crossing = (block[pairs[:, 0]] != block[pairs[:, 1]]).mean()
    assert crossing == pytest.approx(0.5 if kind == "blocks" else 8 / 9, abs=0.03)
    degrees = np.diff(graph.weights.indptr)
    assert degrees.var() == pytest.approx(12, rel=0.25)  # that of a Poisson number


def test_the_karate_club_has_its_two_sides():
    drawn = make_labelled(GraphSettings(kind="karate"), Streams(0))
    side, pairs = drawn.labels["side"], drawn.graph.pairs()
    assert (side[pairs[:, 0]] != side[pairs[:, 1]]).sum() == 11


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"kind": "ring", "degree": 3}, "degree must be an even number"),
        ({"kind": "complete", "nodes": 100_000}, "4,000 nodes at most"),
        ({"kind": "erdos-renyi", "nodes": 5, "degree": 8}, "may not be more than the other nodes"),
        ({"kind": "file"}, "path go together"),
        ({"kind": "ring", "path": "edges.csv"}, "path go together"),
        ({"kind": "karate", "table": "nodes.csv"}, "table goes with path"),
        ({"kind": "blocks", "nodes": 10, "degree": 8, "blocks": 5, "crossing": 0.0}, "more edges within"),
        ({"kind": "erdos-renyi", "nodes": 20_000, "degree": 9000}, "a quarter of nodes at most"),
        ({"kind": "blocks", "nodes": 10, "blocks": 11, "degree": 2}, "may not be more than nodes"),
    ],
)
def test_a_graph_that_cannot_be_is_one_sentence(settings, said):
    with pytest.raises(ValidationError, match=said):
        GraphSettings(**settings)
