from typing import ClassVar

import numpy as np
import pytest

from tests.sim.attacks.shops import against, movies, off_by, put_to_work, role
from townsquare.protocols import InputError
from townsquare.testing import AttackContract
from townsquare.testing.attack_contract import little_shop


class TestAoP(AttackContract):
    name = "aop"
    settings: ClassVar = {"share": 0.8}


def test_fillers_are_popular_and_about_the_mean_of_their_item():
    made, known = put_to_work("aop", movies(), against(61, 200))
    items, _ = role(made, "filler")
    assert known.counts[items].min() >= np.sort(known.counts)[::-1][round(0.2 * known.n_items) - 1]
    assert off_by(made, known.means[items], known.spreads[items]) < 3


def test_the_popular_ones_may_be_too_few():
    with pytest.raises(InputError, match="'aop': 8 fillers are more than the 7 items that it may take for fillers"):
        put_to_work("aop", little_shop()[0], against(3, fillers=8))
