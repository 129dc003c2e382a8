"""Disguises change about the share of a text that they are told to."""

import numpy as np
import pytest

from townsquare.protocols import InputError
from townsquare.sim.moderators.disguises import DISGUISES, disguised

TEXT = "the house stands beside an ancient oak in the silent park " * 40


@pytest.mark.parametrize("how", list(DISGUISES))
def test_about_their_share_is_changed(how: str) -> None:
    assert disguised(TEXT, how, np.random.default_rng(1), 0.1) != TEXT
    assert disguised(TEXT, how, np.random.default_rng(1), 0.0) == TEXT
    assert disguised("", how, np.random.default_rng(1), 0.1) == ""


def test_look_alikes_by_count() -> None:
    changed = disguised("a" * 10_000, "look-alikes", np.random.default_rng(0), 0.1)
    assert sum(letter != "a" for letter in changed) == pytest.approx(1_000, abs=100)


def test_a_disguise_that_is_none() -> None:
    with pytest.raises(InputError, match="there is no disguise 'hat'"):
        disguised("x", "hat", np.random.default_rng(0))
