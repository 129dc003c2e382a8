"""The section of a trial: ours beside the published, whatever stands in it escaped."""

from typing import Any

from townsquare.dashboard.trial import trial

ARM: dict[str, Any] = {
    "part": "arm", "term": "human-<b>ai</b>", "estimate": 0.3, "se": 0.19, "p": 0.0004, "odds_change": 35.0,
    "odds_change_low": -7.1, "odds_change_high": 96.0, "published": 0.1978,
    "published_se": 0.1914, "published_p": 0.301,
    "published_odds_change": 21.9,
}  # fmt: skip
SHIFT: dict[str, Any] = {
    "part": "drift", "term": "no-debate", "n": 150, "estimate": 0.0, "low": 0.0, "high": 0.0, "human": None,
    "human_low": None, "human_high": None, "published": None,
}  # fmt: skip


def test_nothing_where_nobody_debates() -> None:
    assert trial(None) == ""


def test_values_beside_the_published_ones() -> None:
    page = trial({"n": 750, "rows": [ARM, SHIFT], "remarks": ["a remark"], "warnings": ["<i>beware</i>"]})
    assert "+0.300 (0.190)" in page
    assert "+0.198 (0.191)" in page
    assert "&lt; .001" in page
    assert "[−7.1, +96.0]" in page
    assert "over 750 people" in page
    assert "&lt;i&gt;beware" in page
    assert "<b>" not in page
    assert "+0.00" in page
