import numpy as np

from townsquare.protocols.streams import Streams
from townsquare.sim.environments.network_hearing import among_neighbours, in_meetings
from townsquare.sim.graphs.made import GraphSettings, make_graph

PAIRS = np.array([[0, 1], [2, 0], [1, 0], [3, 4], [0, 3]])


def test_those_met_in_order_each_once():
    nodes, heard = in_meetings(PAIRS, np.array([0, 4, 9]), 2, directed=False)
    assert nodes.tolist() == [0, 4]
    assert heard.tolist() == [[1, 2], [3, -1]]


def test_on_a_directed_graph_the_first_listens():
    nodes, heard = in_meetings(PAIRS, np.array([0, 1, 4]), 5, directed=True)
    assert nodes.tolist() == [0, 1]
    assert heard.tolist() == [[1, 3, -1, -1, -1], [0, -1, -1, -1, -1]]


def test_neighbours_at_random_and_whoever_else_listens():
    weights = make_graph(GraphSettings(kind="karate"), Streams(0)).weights
    nodes, heard = among_neighbours(weights, np.array([0, 33]), 4, 2, Streams(5))
    alone = among_neighbours(weights, np.array([33]), 4, 2, Streams(5))
    assert nodes.tolist() == [0, 33]
    assert np.array_equal(heard[1:], alone[1])
    counts = np.zeros(34)
    for tick in range(400):
        counts[among_neighbours(weights, np.array([33]), 4, tick, Streams(5))[1]] += 1
    around = weights[[33]].indices
    assert counts.sum() == counts[around].sum() == 1600
    assert counts[around].min() > 60
