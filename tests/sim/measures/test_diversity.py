"""Replies that repeat one another (moderation dossier 6(e) 7)."""

import math

import pytest

from townsquare.sim.measures.diversity import diversity


def test_by_hand() -> None:
    found = diversity(["a b c d e f", "A b c d e, x", "one two three"])
    assert found.replies == 3
    assert found.duplicated == pytest.approx(2 / 4)  # abcde twice, bcdef and bcdex once
    assert found.distinct == 1.0


def test_a_constant_reply_is_flagged_over_fifty() -> None:
    found = diversity(["Please be kind to one another, this is a public place."] * 50)
    assert found.duplicated == 1.0
    assert found.constant
    assert diversity(["Be kind."] * 50).constant  # too short for a run of five


def test_a_constant_reply_with_a_name_in_it_is_flagged_too() -> None:
    said = [f"Dear user {n}, please be kind to one another in this public place." for n in range(50)]
    assert diversity(said).constant


def test_different_replies_are_not() -> None:
    said = [" ".join(f"w{n}x{i}" for i in range(9)) for n in range(50)]
    assert diversity(said) == diversity(list(reversed(said)))
    assert diversity(said).duplicated == 0.0
    assert not diversity(said).constant


def test_the_label_is_left_out() -> None:
    said = ["An automated reply says so: a", "An automated reply says so: b"]
    assert diversity(said).duplicated == pytest.approx(2 / 4)
    assert math.isnan(diversity(said, label="An automated reply says so: ").duplicated)


def test_nothing_and_one() -> None:
    assert diversity([]).replies == 0
    assert not diversity([]).constant
    assert not diversity(["a b c d e f"]).constant
