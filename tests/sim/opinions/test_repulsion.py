import numpy as np
import pytest
from pydantic import ValidationError

from townsquare.sim.opinions.repulsion import Repulsion


def test_near_draw_together_far_drive_apart_and_between_nothing(ground):
    model = Repulsion(Repulsion.Config(epsilon=0.2, repulsion=0.6, mu=0.25), ground(kind="karate"))
    first, second = model.meet(np.array([0.5, 0.1, 0.5, 0.0]), np.array([0.6, 0.8, 0.9, 0.95]))
    assert first == pytest.approx([0.525, 0.0, 0.5, 0.0])
    assert second == pytest.approx([0.575, 0.975, 0.9, 1.0])


def test_it_drives_opinions_to_the_ends(ground, run):
    on = ground(kind="complete", nodes=80)
    x = run(Repulsion(Repulsion.Config(epsilon=0.2, repulsion=0.4), on), 300)
    assert ((x < 0.01) | (x > 0.99)).mean() > 0.9
    assert 0 <= x.min() <= x.max() <= 1


def test_bounds_are_in_order():
    with pytest.raises(ValidationError, match="may not be less than epsilon"):
        Repulsion.Config(epsilon=0.5, repulsion=0.4)
