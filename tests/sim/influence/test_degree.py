import networkx as nx

from tests.sim.influence.crowds import chain, twin_hubs
from townsquare.protocols import Streams
from townsquare.sim.graphs.exchange import from_networkx
from townsquare.sim.influence.degree import DegreeSeeds

RULE = DegreeSeeds(DegreeSeeds.Config(), Streams(0))


def test_most_listeners_first():
    assert RULE.choose(twin_hubs(), 3, 0.1).tolist() == [0, 1, 2]
    assert RULE.choose(chain(), 2, 0.1).tolist() == [0, 1], "who listens is not who is listened to"


def test_of_equals_the_lower_number():
    assert RULE.choose(from_networkx(nx.cycle_graph(5), None), 5, 0.1).tolist() == [0, 1, 2, 3, 4]
