import numpy as np
import pytest

from tests.sim.influence.crowds import chain, small
from townsquare.protocols import Streams
from townsquare.sim.influence.cascade import Cascades, listeners
from townsquare.sim.influence.spread import exact_spread


def test_influence_goes_to_who_listens():
    assert listeners(chain()).toarray().tolist() == [[0, 1, 0], [0, 0, 1], [0, 0, 0]]


@pytest.mark.parametrize("node", [0, 1, 2])
def test_the_chain(node):
    sizes = Cascades(chain(), 0.5).sizes(np.array([node]), 10_000, Streams(0).get("test"))
    assert len(sizes) == 10_000
    error = max(sizes.std() / 100, 1e-9)
    assert abs(sizes.mean() - exact_spread(chain(), np.array([node]), 0.5)) < 3.5 * error


@pytest.mark.parametrize("seed", range(5))
def test_simulated_as_enumerated(seed):
    graph, nodes = small(seed), np.array([0, 3])
    sizes = Cascades(graph, 0.4).sizes(nodes, 10_000, Streams(seed).get("test"))
    assert abs(sizes.mean() - exact_spread(graph, nodes, 0.4)) < 3.5 * sizes.std() / 100


def test_certain_and_the_same_again():
    cascades = Cascades(chain(), 1.0)
    assert cascades.sizes(np.array([0]), 5, Streams(0).get("test")).tolist() == [3] * 5
    half = Cascades(chain(), 0.5)
    first, again = (half.sizes(np.array([0]), 50, Streams(4).get("test")).tolist() for _ in range(2))
    assert first == again
