from typing import ClassVar

import numpy as np
import pytest

from tests.sim.attacks.shops import against, movies, put_to_work, role
from townsquare.protocols import InputError
from townsquare.testing import AttackContract
from townsquare.testing.attack_contract import little_shop


class TestSegment(AttackContract):
    name = "segment"


class TestSegmentByName(AttackContract):
    name = "segment"
    settings: ClassVar = {"items": [1, 2]}


def test_it_loves_its_category_and_hates_the_rest():
    log, catalogue, _ = little_shop()
    made, known = put_to_work("segment", log, against(3, fillers=8), catalogue=catalogue)
    liked, values = role(made, "selected")
    assert (catalogue.categories[liked] == catalogue.categories[3]).all()
    assert (known.means[liked] >= known.mean).all()
    assert (values == 5).all()
    assert (role(made, "filler")[1] == 1).all()


def test_without_categories_it_takes_what_is_liked_by_many():
    made, known = put_to_work("segment", movies(), against(61))
    liked = np.unique(role(made, "selected")[0])
    assert len(liked) == 3
    assert (known.means[liked] >= known.mean).all()
    assert (known.counts[liked] > 300).all()


def test_a_small_category_is_given_up():
    log, catalogue, _ = little_shop()
    made, _ = put_to_work("segment", log, against(3, fillers=8), catalogue=catalogue, selected=12)
    assert len(np.unique(catalogue.categories[role(made, "selected")[0]])) > 1


def test_items_may_be_named_and_must_be_there():
    made, _ = put_to_work("segment", little_shop()[0], against(3, fillers=2), items=[3, 9, 9, 4])
    assert set(role(made, "selected")[0]) == {4, 9}
    with pytest.raises(InputError, match="no item 40; they go from 0 to 39"):
        put_to_work("segment", little_shop()[0], against(3, fillers=2), items=[40])
