import numpy as np

from tests.sim.influence.crowds import twin_hubs
from townsquare.protocols import Streams
from townsquare.sim.influence.random import RandomSeeds


def test_anybody():
    chosen = [RandomSeeds(RandomSeeds.Config(), Streams(seed)).choose(twin_hubs(), 5, 0.1) for seed in range(70)]
    counts = np.bincount(np.concatenate(chosen), minlength=35)
    assert counts.min() > 0
    assert counts.max() < 30  # 10 each
