from tests.sim.attacks.shops import against, movies, put_to_work, role
from townsquare.testing import AttackContract


class TestLoveHate(AttackContract):
    name = "love-hate"


def test_it_praises_all_else():
    made, _ = put_to_work("love-hate", movies(), against(61, intent="nuke"))
    assert (role(made, "filler")[1] == 5).all()
    assert (role(made, "target")[1] == 1).all()
