"""Bags of words against the figures measured on the real lists."""

from typing import Any

import numpy as np
import pytest

from tests.evaluate.lists_of import real
from tests.evaluate.reference import REFERENCE, means
from townsquare.agents.choosers.lessons import Goods
from townsquare.evaluate.candidates import Candidates, draw
from townsquare.evaluate.lists import Lists
from townsquare.evaluate.rankers.tfidf import tfidf
from townsquare.protocols import Streams


@pytest.mark.parametrize("how", ["max", "sum"])
@pytest.mark.parametrize("kind", ["dense", "sparse"])
def test_reference_table(kind: str, how: Any) -> None:
    lists = real(kind)
    shown = draw(lists, Streams(0))
    assert means(tfidf(lists, shown, how), shown) == pytest.approx(REFERENCE[kind, f"tfidf-{how}"], abs=0.01)


def test_shared_words_count_and_rare_ones_more() -> None:
    goods = Goods(("blue note", "blue sea", "note", "blue sky", "x"), ("",) * 5, ("",) * 5)
    lists = Lists("l", ("a",), tuple("12345"), goods, (np.array([0, 2]),), None, np.array([4]), ())
    shown = Candidates(np.array([[1, 2, 3, 4]]), np.array([3]))
    (largest,), (total,) = tfidf(lists, shown, "max"), tfidf(lists, shown, "sum")
    assert largest[1] == pytest.approx(1.0)  # the same text as one in the history
    assert largest[3] == total[3] == 0.0  # a text of one letter has no terms
    assert total[1] > largest[1] > largest[0] == largest[2] > 0
