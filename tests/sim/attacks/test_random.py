from tests.sim.attacks.shops import against, movies, off_by, put_to_work
from townsquare.testing import AttackContract


class TestRandom(AttackContract):
    name = "random"


def test_fillers_are_about_the_mean_of_all():
    made, known = put_to_work("random", movies(), against(61, 200))
    assert off_by(made, known.mean, known.spread) < 3
    assert off_by(made, known.mean - 0.1, known.spread) > 3  # it would be seen
