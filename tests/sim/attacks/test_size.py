"""How large an attack is."""

import numpy as np
import pytest

from townsquare.protocols import InputError, Interactions, Scale
from townsquare.sim.attacks.size import n_fillers, n_profiles

LOG = Interactions(
    np.repeat(np.arange(100), 4), np.tile(np.arange(4), 100), np.ones(400), np.zeros(400), 120, 50, Scale(1, 5, 4)
)


@pytest.mark.parametrize(("size", "n"), [(0, 0), (0.0, 0), (7, 7), (100, 100), (0.05, 5), (0.001, 1), (7.0, 7)])
def test_accounts(size, n):
    assert n_profiles(size, LOG) == n


@pytest.mark.parametrize(("size", "n"), [(0, 0), (10, 10), (49, 49), (0.1, 5), ("mean", 3)])
def test_fillers(size, n):
    assert n_fillers(size, LOG, 1) == n


@pytest.mark.parametrize("size", [101, -1, 1.5, float("nan"), float("inf")])
def test_accounts_that_cannot_be(size):
    with pytest.raises(InputError, match="size: ") as caught:
        n_profiles(size, LOG)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("size", [50, -0.1, 2.5, "most", float("nan")])
def test_fillers_that_cannot_be(size):
    with pytest.raises(InputError, match="fillers: "):
        n_fillers(size, LOG, 1)


def test_the_sentence_says_how_many_there_are():
    with pytest.raises(InputError, match="101 fake accounts are more than the 100 users"):
        n_profiles(101, LOG)
    with pytest.raises(InputError, match="50 are more than the 49 items"):
        n_fillers(50, LOG, 1)
