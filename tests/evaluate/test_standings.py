"""Figures with their intervals."""

import numpy as np
import pytest

from townsquare.evaluate.candidates import Candidates
from townsquare.evaluate.standings import standing

SHOWN = Candidates(np.tile(np.arange(10), (50, 1)), np.full(50, 3))


def scores(hits: int) -> np.ndarray:
    found = np.zeros((50, 10))
    found[:hits, 3] = 1.0
    found[hits:, 3] = -1.0
    return found


def test_interval_covers_the_mean_over_users() -> None:
    one = standing("x", [(scores(25), SHOWN)])
    figure = one.figures["ndcg@1"]
    assert figure.mean == 0.5
    assert figure.low is not None
    assert figure.high is not None
    # the normal approximation: 1.96 * sqrt(.25 / 50) = .139
    assert (figure.low, figure.high) == (pytest.approx(0.361, abs=0.03), pytest.approx(0.639, abs=0.03))
    assert figure.p_value is not None
    assert figure.p_value < 0.01
    row = one.row()
    assert list(row)[:5] == ["ranker", "ndcg@1", "ndcg@1_low", "ndcg@1_high", "ndcg@1_p"]
    assert (row["answered"], row["users"]) == (1.0, 50)


def test_seeds_are_averaged_per_user_first() -> None:
    one = standing("x", [(scores(50), SHOWN), (scores(0), SHOWN)])
    figure = one.figures["ndcg@1"]
    assert (figure.mean, figure.low, figure.high) == (0.5, 0.5, 0.5)


def test_a_single_user_has_no_interval() -> None:
    alone = Candidates(SHOWN.items[:1], SHOWN.target[:1])
    figure = standing("x", [(scores(1)[:1], alone)]).figures["mrr"]
    assert (figure.mean, figure.low, figure.high) == (1.0, None, None)


def test_share_of_answers() -> None:
    found = scores(50)
    found[:10] = np.nan
    one = standing("x", [(found, SHOWN)])
    assert one.answered == 0.8
    assert one.figures["ndcg@1"].mean == 0.8
