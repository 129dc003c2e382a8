import numpy as np

from townsquare.sim.recommenders.factors import Factors
from townsquare.sim.recommenders.occurring import Occurring
from townsquare.testing import little_town


def test_scores_do_not_depend_on_the_order_of_summation():
    occurring = Occurring.of(little_town()[0])
    rng = np.random.default_rng(0)
    users, items = rng.normal(size=(len(occurring.users), 64)), rng.normal(size=(len(occurring.items), 64))
    scores = Factors.of(occurring, users, items).score(occurring.users, occurring.items)
    for order in (slice(None, None, -1), rng.permutation(64)):
        again = Factors.of(occurring, users[:, order], items[:, order])
        assert (again.score(occurring.users, occurring.items) == scores).all()
    assert np.allclose(scores, users @ items.T, atol=1e-4)
