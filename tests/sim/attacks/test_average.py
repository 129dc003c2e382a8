import numpy as np

from tests.sim.attacks.shops import against, movies, off_by, put_to_work, role
from townsquare.testing import AttackContract


class TestAverage(AttackContract):
    name = "average"


def test_fillers_are_about_the_mean_of_their_item():
    made, known = put_to_work("average", movies(), against(61, 200))
    items, values = role(made, "filler")
    assert off_by(made, known.means[items], known.spreads[items]) < 3
    assert np.corrcoef(values, known.means[items])[0, 1] > 0.3
