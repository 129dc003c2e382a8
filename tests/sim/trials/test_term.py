"""What an estimate is said to mean."""

import math

import pytest

from townsquare.sim.trials import published
from townsquare.sim.trials.term import wald

AI_PERSONALISED = published.BETA[3]


def test_the_published_effect_in_all_its_words() -> None:
    """+81.2 %, 95 % interval +26.0 to +160.7 %, p .00136, and 64.4 % of pairs."""
    row = wald("arm", "human-ai-personalised", 0.5945, 0.1856, AI_PERSONALISED, odds=True).row()
    assert row["odds_ratio"] == pytest.approx(1.812, abs=5e-4)
    assert row["more_persuasive"] == pytest.approx(0.644, abs=5e-4)
    assert (row["odds_low"], row["odds_high"]) == pytest.approx((1.260, 2.607), abs=5e-4)
    changes = (row["odds_change"], row["odds_change_low"], row["odds_change_high"])
    assert changes == pytest.approx((81.2, 26.0, 160.7), abs=0.05)
    assert row["p"] == pytest.approx(0.00136, abs=5e-6)
    assert row["published_odds_change"] == row["odds_change"]
    assert row["published_more_persuasive"] == row["more_persuasive"]


@pytest.mark.parametrize(("arm", "p", "change"), [(1, 0.301, 21.9), (2, 0.375, -15.7)])
def test_the_other_arms(arm: int, p: float, change: float) -> None:
    known = published.BETA[arm]
    assert known.se is not None
    row = wald("arm", "human-ai", known.value, known.se, known, odds=True).row()
    assert row["p"] == pytest.approx(p, abs=1.1e-3)
    assert row["odds_change"] == pytest.approx(change, abs=0.05)
    assert row["published_p"] == p


def test_what_is_no_log_odds_ratio_has_no_odds() -> None:
    row = wald("threshold", "1|2", -1.5, 0.2, odds=False).row()
    assert row["odds_ratio"] is row["odds_change"] is row["more_persuasive"] is row["published"] is None
    assert (row["low"], row["high"]) == pytest.approx((-1.5 - 0.391993, -1.5 + 0.391993), abs=1e-6)


def test_what_cannot_be_told_is_nothing_rather_than_nan() -> None:
    row = wald("threshold", "1|2", math.nan, math.nan, odds=False).row()
    assert row["estimate"] is row["se"] is row["p"] is row["low"] is None


def test_the_published_parts_belong_together() -> None:
    assert abs(published.AIC - 2 * published.PARAMETERS + 2 * published.LOG_LIKELIHOOD) < 1e-9
    assert published.ROWS - published.PARAMETERS == published.RESIDUAL_DF
