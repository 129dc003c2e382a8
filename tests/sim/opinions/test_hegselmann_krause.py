from bisect import bisect_left, bisect_right
from fractions import Fraction

import numpy as np
import pytest

from townsquare.sim.opinions.groups import group_sizes
from townsquare.sim.opinions.hegselmann_krause import HegselmannKrause

GRID = np.linspace(0, 1, 101)
DOSSIER = {0.05: 8, 0.1: 4, 0.15: 3, 0.2: 2, 0.25: 1, 0.3: 1}
"""Clusters by epsilon as computed in floats without a tolerance; the dossier allows one more or less."""


def settled(ground, epsilon):
    model = HegselmannKrause(HegselmannKrause.Config(epsilon=epsilon), ground(GRID, kind="complete", nodes=101))
    x = GRID
    for tick in range(100):
        x = model.step(x, tick)
    return x


def exactly(epsilon):
    """The same in fractions, where nothing is rounded and equal is equal."""
    x = [Fraction(i, 100) for i in range(101)]
    for _ in range(100):
        around = [(bisect_left(x, v - epsilon), bisect_right(x, v + epsilon)) for v in x]
        moved = [sum(x[low:high], Fraction(0)) / (high - low) for low, high in around]
        if moved == x:
            return np.array([float(v) for v in x])
        x = moved
    raise AssertionError("it should have settled")


@pytest.mark.parametrize("epsilon", DOSSIER)
def test_clusters_on_the_grid_are_those_of_exact_arithmetic(ground, epsilon):
    found = settled(ground, epsilon)
    assert found == pytest.approx(exactly(Fraction(str(epsilon))), abs=1e-9)
    assert abs(len(group_sizes(found)) - DOSSIER[epsilon]) <= 1


def test_clusters_do_not_become_more_as_people_listen_more(ground):
    counts = [len(group_sizes(settled(ground, epsilon))) for epsilon in (0.05, 0.1, 0.15, 0.2, 0.25)]
    assert counts == [9, 3, 3, 1, 1]


def test_a_neighbour_at_exactly_epsilon_is_heard(ground):
    model = HegselmannKrause(HegselmannKrause.Config(epsilon=0.3), ground([0.1, 0.4], kind="complete", nodes=2))
    assert model.step(model.ground.start, 0) == pytest.approx(
        [0.25, 0.25]
    )  # .4 - .1 is a little more than .3 in floats


def test_a_step_is_that_of_the_plain_loop(ground):
    on = ground(kind="scale-free", nodes=200, degree=6, held=(4, 9))
    model = HegselmannKrause(HegselmannKrause.Config(epsilon=0.25), on)
    x = on.start
    wanted = x.copy()
    for i in range(200):
        around = [
            j for j in on.weights.indices[on.weights.indptr[i] : on.weights.indptr[i + 1]] if abs(x[j] - x[i]) <= 0.25
        ]
        wanted[i] = np.mean([x[i], *x[around]])
    wanted[[4, 9]] = x[[4, 9]]
    assert model.step(x, 0) == pytest.approx(wanted, abs=1e-12)


def test_stretches_change_nothing(ground, monkeypatch):
    on = ground(kind="scale-free", nodes=200, degree=6)
    model = HegselmannKrause(HegselmannKrause.Config(epsilon=0.25), on)
    whole = model.step(on.start, 0)
    from townsquare.sim.opinions import hegselmann_krause, neighbours

    monkeypatch.setattr(hegselmann_krause, "stretches", lambda weights: neighbours.stretches(weights, 9))
    assert np.array_equal(model.step(on.start, 0), whole)
