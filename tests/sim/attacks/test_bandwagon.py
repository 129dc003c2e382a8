from typing import ClassVar

import numpy as np

from tests.sim.attacks.shops import against, movies, off_by, put_to_work, role
from townsquare.testing import AttackContract


class TestBandwagon(AttackContract):
    name = "bandwagon"


class TestBandwagonOfSeveral(AttackContract):
    name = "bandwagon"
    settings: ClassVar = {"selected": 4}


def test_what_everybody_has_rated_is_best_and_the_rest_about_the_mean_of_all():
    made, known = put_to_work("bandwagon", movies(), against(61, 200), selected=5)
    items, values = role(made, "selected")
    assert set(items) == set(np.argsort(-known.counts, kind="stable")[:5])
    assert len(items) == 5 * 200
    assert (values == 5).all()
    assert off_by(made, known.mean, known.spread) < 3


def test_a_popular_target_is_not_selected():
    most = int(np.bincount(movies().items).argmax())
    made, _ = put_to_work("bandwagon", movies(), against(most))
    assert most not in role(made, "selected")[0]
