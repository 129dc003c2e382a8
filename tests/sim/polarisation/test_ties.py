import networkx as nx
import numpy as np
import scipy.sparse as sp

from tests.sim.polarisation.networks import karate, ties_of
from townsquare.sim.polarisation.ties import Ties


def test_each_pair_once_whoever_listens_and_however_much():
    listens = np.array([[0, 2.5, 0, 0], [1, 0, 0, 0], [0, 3, 0, 0], [0, 0, 0, 7]])
    ties = Ties.of(sp.csr_array(listens))
    assert ties.n == 4
    assert sorted(zip(ties.one.tolist(), ties.other.tolist(), strict=True)) == [(0, 1), (1, 2)]
    assert ties.degrees().tolist() == [1, 2, 1, 0]
    assert ties.adjacency().toarray().tolist() == [[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0]]


def test_karate():
    ties, sides = karate()
    assert (ties.n, len(ties), int(sides.sum())) == (34, 78, 17)


def test_the_largest_part():
    graph = nx.Graph([(0, 1), (2, 3), (3, 4), (5, 6), (6, 7)])
    ties = ties_of(graph)
    nodes = ties.largest()
    assert nodes.tolist() == [2, 3, 4]
    part = ties.among(nodes)
    assert part.n == 3
    assert part.degrees().tolist() == [1, 2, 1]


def test_nothing():
    ties = Ties.of(sp.csr_array((3, 3)))
    assert len(ties) == 0
    assert ties.degrees().tolist() == [0, 0, 0]
    assert ties.largest().tolist() == [0]


def test_digests_tell_ties_apart():
    one, other = ties_of(nx.path_graph(4)), ties_of(nx.star_graph(3))
    assert one.digest() == ties_of(nx.path_graph(4)).digest()
    assert one.digest() != other.digest()
