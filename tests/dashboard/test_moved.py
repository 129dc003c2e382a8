"""The section of a report about a campaign."""

from typing import Any

from townsquare.dashboard.moved import moved

ROW = {"source": "match", "authors": "persuaders", "exposures": 1200, "reads": 30, "likes": 4, "members": 17,
       "move": 0.0123, "low": 0.01, "high": 0.015}  # fmt: skip


def told(**changed: Any) -> str:
    whole = {"goal": "for", "rows": [ROW], "posts": [{**ROW, "text": "<b>Yes</b>"}], "start": 0.5, "end": 0.52,
             "control": {"without": 0.51, "with": 0.52, "difference": 0.011, "interval": [0.009, 0.012]}, "why": "",
             "human": (-0.055, 0.035), "warnings": []}  # fmt: skip
    return moved(whole | changed)


def test_the_table_and_the_control_are_told() -> None:
    page = told()
    assert "<td>match</td><td>persuaders</td>" in page
    assert "1,200" in page
    assert "0.012" in page
    assert "members moved 0.011 (0.009 to 0.012) towards their goal" in page
    assert "−0.055 to 0.035" in page


def test_words_of_others_are_escaped() -> None:
    assert "<b>Yes" not in told()
    assert "&lt;b&gt;Yes" in told()


def test_without_a_control_it_says_why() -> None:
    page = told(control=None, why="it would ask models", rows=[ROW | {"low": None, "high": None}], posts=[])
    assert "it would ask models" in page
    assert "–" in page


def test_warnings_are_seen_and_nothing_is_said_where_nobody_campaigns() -> None:
    assert '<p class="warning">over-susceptible' in told(warnings=["over-susceptible: indeed"])
    assert moved(None) == ""
