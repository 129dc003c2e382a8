import numpy as np

from tests.sim.attacks.shops import STARS, against, movies, put_to_work
from townsquare.protocols import Interactions
from townsquare.protocols.attack import ROLE
from townsquare.testing import AttackContract


class TestCopy(AttackContract):
    name = "copy"


def test_fillers_are_ratings_of_one_real_user():
    made, known = put_to_work("copy", movies(), against(61, 20))
    seen = known.sample
    real = [set(zip(seen.items[seen.users == u], seen.values[seen.users == u], strict=True)) for u in range(283)]
    for number in range(20):
        mine = (made.profile == number) & (made.role == ROLE["filler"])
        pairs = set(zip(made.items[mine], made.values[mine], strict=True))
        assert any(pairs <= profile for profile in real)


def test_somebody_with_few_ratings_is_filled_up():
    log = Interactions(
        np.array([0, 0, 1, 1]), np.array([1, 2, 1, 2]), np.array([5, 1, 5, 1.0]), np.zeros(4), 2, 9, STARS
    )
    made, _ = put_to_work("copy", log, against(0, 4, 6))
    assert (np.bincount(made.profile) == 7).all()
    for number in range(4):
        rated = dict(zip(made.items[made.profile == number], made.values[made.profile == number], strict=True))
        assert (rated[1], rated[2]) == (5, 1)


def test_the_last_of_two_ratings_counts():
    log = Interactions(np.zeros(3, int), np.array([1, 2, 1]), np.array([5.0, 4.0, 2.0]), np.zeros(3), 1, 4, STARS)
    made, _ = put_to_work("copy", log, against(0, 1, 2))
    assert sorted(zip(made.items, made.values, strict=True)) == [(0, 5), (1, 2), (2, 4)]


def test_where_nobody_has_rated_anything_it_is_made_up():
    empty = Interactions(np.zeros(0, int), np.zeros(0, int), np.zeros(0), np.zeros(0), 0, 9, STARS)
    assert len(put_to_work("copy", empty, against(0, 2, 3))[0]) == 8
