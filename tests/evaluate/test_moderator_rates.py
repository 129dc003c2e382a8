"""Rates, by hand and as published."""

from dataclasses import replace

import numpy as np
import pytest

from townsquare.evaluate.moderator_rates import Reviewed, alarms_on, group_rows, rates, row_of, saved
from townsquare.protocols.moderator import ACTION, Labelled

EXAMPLES = Labelled(list("abcdefgh"), np.array([1, 1, 1, 1, 0, 0, 0, 0]), ["ham", "spam"], [False, True])
ACTIONS = ["remove", "hold", "show", "abstain", "remove", "show", "show", "abstain"]
SCORE = np.array([1.0, 0.9, 0.1, 0.5, 0.8, 0.0, 0.2, 0.5])


def reviewed() -> Reviewed:
    return Reviewed(
        np.arange(8), np.array([ACTION[one] for one in ACTIONS], np.int8), SCORE, seconds=0.5, asked=3, waited=0.04
    )


def test_rates_of_the_published_figures() -> None:
    """P .966 and R .800 make F1 .875 (dossier 3e.8, derived)."""
    assert rates(np.array([[800, 28.157, 200, 1_000]]))[0][:3] == pytest.approx([0.966, 0.800, 0.875], abs=5e-4)
    assert np.isnan(rates(np.zeros((1, 4)))).all()


def test_a_row_by_hand() -> None:
    row = row_of("x", [reviewed()], EXAMPLES)
    assert (row["precision"], row["recall"], row["fpr"]) == pytest.approx((2 / 3, 0.5, 0.25))
    assert row["f1"] == pytest.approx(4 / 7)
    assert (row["abstained"], row["held"], row["asked"], row["per_second"]) == (2, 1 / 8, 3, 16)
    assert row["ms"] == pytest.approx(5)
    assert row["recall_low"] <= row["recall"] <= row["recall_high"]
    # scores .1, .2, .9, .8, 0 and 1 of the six that are known: gaps .9, .2, .1, .8, 0 and, in the bin of .9, (.95 - 1)
    assert row["ece"] == pytest.approx((0.9 + 0.2 + 2 * 0.05 + 0.8 + 0) / 6)


def test_what_need_not_be_asked() -> None:
    tally = {"texts": 8, "repeated": 1, "screened": 4, "asked": 3, "invalid": 0}
    told = saved("in-context", [replace(reviewed(), tally=tally)] * 2)
    assert "of 16 texts 2 repeat another one and 8 were settled" in told
    assert "asked about 6 (62% saved)" in told
    assert saved("linear", [reviewed()]) == ""


def test_groups_are_told_apart() -> None:
    one, other = group_rows("x", [reviewed()], EXAMPLES, ["a", "a", "b", "b", "a", "a", "b", "b"])
    assert (one["group"], one["recall"], one["fpr"]) == ("a", 1.0, 0.5)
    assert (other["group"], other["recall"], other["fpr"]) == ("b", 0.0, 0.0)
    assert group_rows("x", [reviewed()], EXAMPLES, []) == []


def test_alarms_on_some() -> None:
    chosen = np.array([True] * 5 + [False] * 3)
    assert alarms_on([reviewed(), reviewed()], EXAMPLES, chosen) == (1.0, 2)
    assert np.isnan(alarms_on([reviewed()], EXAMPLES, np.zeros(8, bool))[0])
