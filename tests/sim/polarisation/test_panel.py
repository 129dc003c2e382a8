import numpy as np

from tests.sim.polarisation.networks import karate
from townsquare.sim.polarisation.panel import of_opinions, of_sides


def test_karate_at_once():
    found = of_sides(*karate(), k=2)
    assert {name: round(value, 6) for name, value in found.items()} == {
        "ei_index": -0.717949,
        "adaptive_ei": -0.732319,
        "assortativity": 0.717531,
        "modularity": 0.358235,
        "controversy": 0.679472,
        "controversy_end_start": 0.698744,
        "cross_side_ties": round(11 / 78, 6),
    }


def test_opinions_that_are_sides():
    ties, sides = karate()
    found = of_opinions(ties, sides.astype(np.float64))
    assert round(found["opinion_assortativity"], 6) == 0.717531
    assert found["opinion_distance"] == 11 / 78
