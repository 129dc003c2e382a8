import numpy as np

from tests.sim.attacks.shops import against, movies, put_to_work, role
from townsquare.testing import AttackContract


class TestPopular(AttackContract):
    name = "popular"


def test_profiles_are_all_alike():
    made, known = put_to_work("popular", movies(), against(61))
    items, values = role(made, "filler")
    assert set(items) == set(np.argsort(-known.counts, kind="stable")[:36])
    assert (values == np.where(known.means[items] >= known.mean, 5, 4)).all()
    assert {4, 5} == set(values)
