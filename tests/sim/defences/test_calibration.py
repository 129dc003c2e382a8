"""The schedule of LoRec, as the paper has it (golden values derived from its formulas)."""

import numpy as np
import pytest

from townsquare.sim.defences.calibration import Calibration


def flagging(who, n=10):
    """Scores that put ``who`` above the mean."""
    scores = np.zeros(n)
    scores[who] = 1.0
    return scores


def test_the_ladder_of_weights():
    made = Calibration(7)
    made.omega = np.array([3.0, 2.0, 1.0, 0.0, -1.0, -2.0, -3.0])
    assert made.weights(30) == pytest.approx([1, 1, 1, 1, 0.2823, 0.1251, 0.0498], abs=5e-5)
    made.omega = np.array([40.0])
    assert made.weights(30) == pytest.approx([1.0498], abs=5e-5)


def test_four_flags_are_needed_to_lose_weight():
    made = Calibration(10)
    seen = []
    for epoch in range(1, 51):
        if made.after(epoch, flagging([0])) is not None:
            seen.append((epoch, made.omega[0], made.weights(30)[0]))
    assert [epoch for epoch, _, _ in seen] == [5, 10, 15, 20, 25, 30, 40, 50]
    assert [omega for _, omega, _ in seen] == [2, 1, 0, -1, -2, -3, -4, -5]
    assert [weight for _, _, weight in seen[:3]] == [1, 1, 1]
    assert seen[3][2] == pytest.approx(0.2823, abs=5e-5)


def test_what_is_taken_is_spread():
    made = Calibration(10)
    made.after(5, flagging([0, 1, 2]))
    assert made.omega == pytest.approx([2, 2, 2] + [3 + 3 / 7] * 7)
    assert made.omega.sum() == pytest.approx(30)
    for epoch in range(6, 200):
        made.after(epoch, flagging([epoch % 10, 3]))
    assert made.omega.sum() == pytest.approx(30)


def test_a_third_above_the_mean_puts_it_off():
    made = Calibration(9)
    assert made.after(5, flagging([0, 1, 2], 9)) is None
    assert (made.omega == 3).all()
    assert made.after(6, flagging([0, 1, 2], 9)) is None
    assert made.after(7, flagging([0, 1], 9)).tolist() == [True, True] + [False] * 7
    assert made.after(8, flagging([0, 1], 9)) is None
    assert made.after(10, flagging([0, 1], 9)) is not None
    assert made.omega[0] == 1


def test_no_weight_before_epoch_30():
    made = Calibration(10)
    for epoch in range(1, 30):
        made.after(epoch, flagging([0]))
    assert made.omega[0] == -2
    assert (made.weights(29) == 1).all()
    assert made.weights(30)[0] == pytest.approx(0.1251, abs=5e-5)


def test_nobody_stands_out_where_all_are_alike():
    made = Calibration(5)
    assert not made.after(5, np.full(5, 0.3)).any()
    assert (made.omega == 3).all()
    assert Calibration(0).after(5, np.zeros(0)) is None
