import numpy as np
import pytest

from tests.sim.attacks.shops import against, movies, off_by, put_to_work, role
from townsquare.protocols import InputError
from townsquare.testing import AttackContract
from townsquare.testing.attack_contract import little_shop


class TestReverseBandwagon(AttackContract):
    name = "reverse-bandwagon"


def test_what_nobody_likes_is_worst_and_the_rest_about_the_mean_of_all():
    made, known = put_to_work("reverse-bandwagon", movies(), against(61, 200, intent="nuke"))
    items, values = role(made, "selected")
    enough = known.counts >= 3
    assert len(np.unique(items)) == 3
    assert enough[items].all()
    assert known.means[items].max() <= np.sort(known.means[enough])[2]
    assert (values == 1).all()
    assert off_by(made, known.mean, known.spread) < 3


def test_those_with_ratings_enough_may_be_too_few():
    with pytest.raises(InputError, match="only 0 items besides the targets have 99 ratings, and selected = 3"):
        put_to_work("reverse-bandwagon", little_shop()[0], against(3, fillers=2, intent="nuke"), raters=99)
