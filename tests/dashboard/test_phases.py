from itertools import pairwise

import numpy as np
import pytest

from townsquare.dashboard.phases import RULE, phases_of, series_of, smooth


def spans(measures):
    return [(phase.name, phase.first, phase.last) for phase in phases_of(measures)]


def test_reference_table_has_the_phases_it_was_read_as(run):
    assert spans(run.measures()) == [("start-up", 0, 1), ("growth", 2, 7), ("maturity", 8, 15), ("decline", 16, 50)]


def test_rounds_of_the_table_alone_give_the_same_boundaries(table):
    _, measures = table
    assert spans(measures) == [("start-up", 0, 1), ("growth", 3, 5), ("maturity", 8, 15), ("decline", 20, 50)]


def test_boundaries_by_hand(measured):
    likes = [0, 0, 1, 3, 5, 8, 10, 10, 10, 10]
    cosine = [0, 0, 0, 0, 0.1, 0.2, 0.4, 0.5, 0.4, 0.3]
    # medians of three: likes 0 0 1 3 5 8 10 10 10 10; a quarter of the way is 2.5, 95 % is 9.5
    assert spans(measured({"likes_per_user": likes, "cosine_click": cosine})) == [
        ("start-up", 0, 2), ("growth", 3, 5), ("maturity", 6, 6), ("decline", 7, 9)
    ]  # fmt: skip


def test_decline_takes_two_percent(measured):
    likes = [0, 5, 10, 10, 10, 10, 10]
    held, lost = [0, 0, 0.5, 0.5, 0.5, 0.495, 0.491], [0, 0, 0.5, 0.5, 0.5, 0.495, 0.489]
    assert spans(measured({"likes_per_user": likes, "cosine_click": held}))[-1] == ("maturity", 2, 6)
    assert spans(measured({"likes_per_user": likes, "cosine_click": lost}))[-1] == ("decline", 3, 6)


def test_a_peak_of_cosine_before_maturity_does_not_count(measured):
    likes = [0, 1, 5, 10, 10, 10, 10, 10]
    cosine = [0.9, 0.9, 0.2, 0.3, 0.4, 0.5, 0.5, 0.5]
    assert spans(measured({"likes_per_user": likes, "cosine_click": cosine}))[-1] == ("maturity", 3, 7)


def test_a_jump_has_no_growth(measured):
    assert [name for name, _, _ in spans(measured({"likes_per_user": [0, 0, 10, 10, 10]}))] == ["start-up", "maturity"]


def test_one_spike_is_smoothed_away(measured):
    likes = [1, 1, 9, 1, 1, 2, 4, 6, 8, 8, 8, 8]
    assert spans(measured({"likes_per_user": likes}))[0] == ("start-up", 0, 5)


@pytest.mark.parametrize("likes", [[8.7, 8.8, 8.75, 8.7], [0, 0, 0, 0], [9, 5, 3, 1], [3], [2, 2.05]])
def test_flat_falling_zero_and_short_runs_have_no_life_cycle(measured, likes):
    found = phases_of(measured({"likes_per_user": likes, "cosine_click": likes}))
    assert [(p.name, p.first, p.last) for p in found] == [("no life cycle", 0, len(likes) - 1)]
    assert found[0].why


@pytest.mark.parametrize("cosine", [None, [np.nan] * 6, [0.0] * 6, [np.inf] * 6])
def test_without_a_usable_cosine_maturity_lasts(measured, cosine):
    curves = {"likes_per_user": [0, 1, 5, 10, 10, 10]} | ({} if cosine is None else {"cosine_click": cosine})
    assert spans(measured(curves))[-1] == ("maturity", 3, 5)


def test_missing_likes_have_no_phases(measured):
    assert phases_of(measured({"cosine_click": [1, 2, 3]})) == []
    assert phases_of(measured({"likes_per_user": [np.nan, np.nan]})) == []


def test_gaps_are_passed_over(measured):
    likes = [np.nan, 0, np.nan, 1, 5, 10, 10, np.nan]
    found = spans(measured({"likes_per_user": likes}))
    assert (found[0][1], found[-1][2]) == (1, 6)


def test_phases_cover_the_run_without_gap_or_overlap(run):
    found = phases_of(run.measures())
    assert all(b.first == a.last + 1 for a, b in pairwise(found))


def test_other_groups_are_left_out_and_rows_sorted(measured):
    import pandas as pd

    both = pd.concat(
        [measured({"likes_per_user": {3: 2.0, 1: 1.0}}), measured({"likes_per_user": [9, 9]}, group="panel")]
    )
    assert series_of(both, "likes_per_user").to_dict() == {1: 1.0, 3: 2.0}


def test_smoothing_keeps_the_ends():
    assert smooth(np.array([1.0, 9.0, 2.0, 3.0])) == pytest.approx([1, 2, 3, 3])
    assert smooth(np.array([4.0])) == pytest.approx([4])


def test_rule_says_whose_it_is():
    assert "the rule is townsquare's" in RULE
    for word in ("Start-up", "Growth", "Maturity", "Decline", "95 %", "2 %", "median of three"):
        assert word in RULE
