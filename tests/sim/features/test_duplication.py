"""Runs of five words that stand elsewhere too."""

import numpy as np
import pytest

from townsquare.protocols import Streams
from townsquare.sim.features.duplication import Duplication


def scores(*texts: str, **settings: object) -> list[float]:
    return Duplication(Duplication.Config.model_validate(settings), Streams(0))(texts).tolist()


def test_shares_by_hand() -> None:
    """Seven words are three runs of five; the second text has the first of them."""
    found = scores("one two three four five six seven", "ONE two, three four five!", "something else altogether it is")
    assert found == pytest.approx([1 / 3, 1.0, 0.0])


def test_equal_short_and_empty_texts() -> None:
    assert scores("buy now", "Buy now!", "hello") == [1.0, 1.0, 0.0]
    assert np.isnan(scores("...")).all()
    assert scores() == []
    assert scores("a b c", "b c d", run=2) == [0.5, 0.5]


def test_a_text_that_repeats_itself_copies_nobody() -> None:
    assert scores("go go go go go go go go") == [0.0]
