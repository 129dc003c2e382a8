import networkx as nx
import numpy as np
import pytest

from tests.sim.polarisation.networks import karate, ties_of
from townsquare.sim.polarisation.controversy import controversy
from townsquare.sim.polarisation.walks import walked_controversy


@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_walks_agree_with_the_equations(k):
    ties, sides = karate()
    walked = walked_controversy(ties, sides, k)
    assert abs(walked.score - controversy(ties, sides, k)) < 0.02
    assert 0 < walked.sd < 0.02
    assert walked.lost == 0


def test_the_seed_decides():
    ties, sides = karate()
    first, again, other = (walked_controversy(ties, sides, 2, walks=500, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.score != other.score


def test_where_nobody_can_walk():
    walked = walked_controversy(ties_of(nx.empty_graph(4)), np.array([0, 0, 1, 1]), 1)
    assert np.isnan(walked.score)
