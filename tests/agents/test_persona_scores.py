"""Scores by hand."""

import math

import numpy as np
import pytest

from townsquare.agents.persona_scores import SaidAndDone, said_and_done, separation
from townsquare.protocols.errors import InputError


def test_separation_by_hand() -> None:
    """Means 2 and 5, squares 2 + 2 over 4 degrees: 3 / 1 = 3."""
    assert separation([1, 2, 3], [4, 5, 6]) == pytest.approx(3.0)
    assert separation([4, 5, 6], [1, 2, 3]) == pytest.approx(3.0)


def test_separation_at_the_edges() -> None:
    assert separation([1], [1]) == 0
    assert separation([1, 1], [2]) == math.inf
    with pytest.raises(InputError, match="need scores"):
        separation([], [1])


def test_said_and_done_by_hand() -> None:
    """Check (ii): both scores, and the gap. Two say .9 and do .1, one says .5 and does .5."""
    found = said_and_done(np.array([0.9, 0.9, 0.5, np.nan]), np.array([0.1, 0.1, 0.5, 0.3]))
    assert found.said == pytest.approx(2.3 / 3)
    assert found.done == pytest.approx(0.7 / 3)
    assert found.gap == pytest.approx(1.6 / 3)
    assert found.correlation == pytest.approx(-1.0)
    assert found.people == 3


def test_said_and_done_without_anybody() -> None:
    assert said_and_done(np.array([np.nan]), np.array([0.2])).people == 0
    assert math.isnan(said_and_done(np.array([0.5, 0.5]), np.array([0.2, 0.3])).correlation)
    assert isinstance(said_and_done(np.zeros(0), np.zeros(0)), SaidAndDone)
    with pytest.raises(InputError, match=r"\(n,\)"):
        said_and_done(np.zeros(2), np.zeros(3))
