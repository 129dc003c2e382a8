"""What has to be put in order."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.evaluate.lists_of import KINDS, real, shop
from townsquare.evaluate.candidates import draw, remarks
from townsquare.protocols import DataError, Streams


@pytest.mark.parametrize(("kind", "overlaps", "cold"), [("dense", 26, 13), ("sparse", 0, 91)])
def test_real_lists(kind: str, overlaps: int, cold: int) -> None:
    lists = real(kind)
    found = draw(lists, Streams(0))
    assert found.items.shape == (100, 10)
    assert len(lists) == 100
    had = 0
    for user, row in enumerate(found.items):
        assert len(set(row.tolist())) == 10
        assert row[found.target[user]] == lists.targets[user]
        assert lists.targets[user] not in lists.history[user]
        first = [i for i in lists.negatives[user].tolist()[:10] if i != lists.targets[user]][:9]
        assert set(row.tolist()) - {lists.targets[user]} == set(first)
        had += len(set(row.tolist()) & set(lists.history[user].tolist()))
    assert had == overlaps
    said = " ".join(remarks(lists, found))
    assert (f"{overlaps} of 900 negatives" in said) is (overlaps > 0)
    assert f"{cold} of 100 targets occur in nobody's history" in said


def test_the_target_may_stand_anywhere() -> None:
    lists = real("dense")
    places = np.concatenate([draw(lists, Streams(seed)).target for seed in range(10)])
    assert np.bincount(places, minlength=10).min() > 60  # 100 expected
    assert (draw(lists, Streams(3)).items == draw(lists, Streams(3)).items).all()


def test_without_lists_they_are_drawn_from_what_the_user_never_had(tmp_path: Path) -> None:
    lists = shop(tmp_path)
    one, other = (draw(lists, Streams(seed)) for seed in (0, 1))
    assert (one.items != other.items).any()
    for user, row in enumerate(one.items):
        assert len(set(row.tolist())) == 10
        assert row[one.target[user]] == lists.targets[user]
        assert not set(row.tolist()) & set(lists.history[user].tolist())
    assert not any("negatives" in remark for remark in remarks(lists, one))


def test_candidates_are_of_the_targets_domain(tmp_path: Path) -> None:
    lists = shop(tmp_path)
    domains = tuple("ab"[i % 2] for i in range(len(lists.goods)))
    lists = replace(lists, goods=replace(lists.goods, domains=domains))
    found = draw(lists, Streams(0))
    for user, row in enumerate(found.items):
        assert {domains[item] for item in row} == {domains[int(lists.targets[user])]}


def test_too_few(tmp_path: Path) -> None:
    lists = shop(tmp_path, users=3, kinds=4, items=20, per_user=5)
    with pytest.raises(DataError, match=r"user 'u0': 29 candidates besides the target are needed, and .* has \d"):
        draw(lists, Streams(0), 30)


@pytest.mark.parametrize("kind", KINDS)
def test_too_few_in_a_list(kind: str) -> None:
    with pytest.raises(DataError, match="its candidate list has"):
        draw(real(kind), Streams(0), 120)
