"""Registered recommenders as rankers."""

from pathlib import Path

import numpy as np
import pytest

from tests.evaluate.lists_of import real, shop
from tests.evaluate.reference import REFERENCE, means
from townsquare.evaluate.candidates import draw
from townsquare.evaluate.rankers.recommender import recommender
from townsquare.protocols import InputError, Streams


@pytest.mark.parametrize("name", ["popular", "item-knn"])
@pytest.mark.parametrize("kind", ["dense", "sparse"])
def test_reference_table(kind: str, name: str) -> None:
    lists = real(kind)
    shown = draw(lists, Streams(0))
    found = means(recommender(name, lists, shown, Streams(0)), shown)
    assert found == pytest.approx(REFERENCE[kind, name], abs=0.01)


@pytest.mark.parametrize("name", ["ease", "bpr", "recent", "random", "gf-cf"])
def test_any_recommender_can_rank(tmp_path: Path, name: str) -> None:
    lists = shop(tmp_path, users=12, kinds=6, items=60, per_user=6)
    shown = draw(lists, Streams(0))
    one, again = (recommender(name, lists, shown, Streams(4)) for _ in range(2))
    assert one.shape == shown.items.shape
    assert np.array_equal(one, again)
    assert not np.isnan(one).any()


def test_one_that_needs_vectors_says_so(tmp_path: Path) -> None:
    lists = shop(tmp_path, users=12, kinds=6, items=60, per_user=6)
    with pytest.raises(InputError, match="content vectors"):
        recommender("similar", lists, draw(lists, Streams(0)), Streams(0))
