"""Figures of others."""

import pytest

from townsquare.evaluate.persuaders import published


def test_the_order_of_the_leaderboard() -> None:
    points = [row["elo"] for row in published.leaderboard()]
    assert points == sorted(points, reverse=True)
    assert {row["source"] for row in published.leaderboard()} == {"published"}
    assert dict(published.LEADERBOARD)["Baseline T1 (unchanged)"] == 979


def test_people_on_the_scale_of_six_points() -> None:
    assert published.human_range() == pytest.approx((-0.3345, 0.21))
    assert [row["arm"] for row in published.human_shifts()][-1] == "human-ai-personalised"
    shift = dict(published.HUMAN_SHIFT)
    assert shift["human-ai"] == pytest.approx(-0.223 + 0.203)
    assert shift["human-human-personalised"] == pytest.approx(-0.223 + 0.063)
    assert shift["human-ai-personalised"] == pytest.approx(-0.223 + 0.363)
