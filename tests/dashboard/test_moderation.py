"""The pictures of moderation and their section: from plain rows, whatever stands in them escaped."""

from typing import Any

import numpy as np
import pytest

from tests.dashboard.conftest import tidy
from townsquare.dashboard import figures, moderation, page
from townsquare.dashboard.moderated import moderated

FOUND: dict[str, Any] = {
    "breaks": ["spam", "toxic"],
    "places": [
        {"place": "channel", "who": "<b>linear", "looked": 90, "done": 9, "precision": (0.6, 0.4, 0.7),
         "recall": (0.8, 0.7, 0.9), "fpr": (0.03, 0.02, 0.04)},
        {"place": "reader", "who": "calm: toxic", "looked": 90, "done": 0, "precision": None, "recall": (0.0, 0.0, 0.1),
         "fpr": (0.0, 0.0, 0.1)},
    ],
    "readers": [
        {"group": "all", "readers": 1000, "harm": 0.01, "read": 0.02, "unwanted": None, "without": 0.1,
         "difference": -0.09, "interval": (-0.1, -0.08)},
        {"group": "<i>calm", "readers": 200, "harm": 0.01, "read": 0.02, "unwanted": 0.003, "without": 0.1,
         "difference": -0.09, "interval": None},
    ],
    "authors": [{"kind": "benign", "authors": 800, "posts": 0.1, "without": 0.2, "difference": -0.1,
                 "interval": (-0.2, 0.0)}],
    "review": {"held": 2, "appeals_made": 5, "appeals_decided": 4, "granted": (0.5, 0.2, 0.8), "most": 3},
    "channel": {"abstained": 1, "disguised": 7, "passed": (0.1, 0.0, 0.3)},
    "advice": {"accepted": 3, "edited": 0, "ignored": 1},
    "without": "the moderator", "why": "",
    "groups": [{"tick": t, "group": g, "value": t / 100 + n} for n, g in enumerate(["none", "calm"]) for t in range(4)],
    "posts": [{"tick": t, "kind": k, "value": 0.1} for k in ("benign", "toxic") for t in range(4)],
}  # fmt: skip
MEASURES = tidy({
    "harm_shown": [0.0, 0.1, 0.05], "harm_read": [np.nan, 0.1, 0.05], "flagged_precision": [np.nan, 0.5, 1.0],
    "flagged_recall": [1.0, 0.5, 1.0], "rate_benign": [1.0, 0.9, 0.95], "review_waiting": [0.0, 3.0, 1.0],
    "reviewed": [0.0, 0.0, 2.0],
})  # fmt: skip


def test_nothing_where_nobody_moderates() -> None:
    assert moderated(None, {}) == ""
    assert figures.of_moderation(None) == {}


def test_the_section_says_what_a_run_prints() -> None:
    text = moderated(FOUND, {"places": "PLACES", "posts": "POSTS"})
    assert "<b>" not in text
    assert "<i>" not in text
    assert text.index("PLACES") < text.index("&lt;i&gt;calm") < text.index("POSTS")
    for told in ("spam and toxic", "−0.090", "[−0.100, −0.080]", "1,000", "4 of 5 appeals", "passed: 0.100",
                 "accepted 3", "without the moderator"):  # fmt: skip
        assert told in text, told
    alone = moderated(FOUND | {"without": "", "why": "it was not asked for"}, {})
    assert "Difference" not in alone
    assert "it was not asked for" in alone


def test_each_picture_has_words_and_numbers() -> None:
    found = figures.of_moderation(FOUND)
    assert list(found) == ["places", "groups", "posts"]
    assert found["places"].table["precision"].isna().tolist() == [False, True]
    assert "reader, calm: toxic: recall 0 (0 to 0.100)" in found["places"].words
    assert "calm: 1.00 at tick 0, highest 1.03 at tick 3" in found["groups"].words
    assert found["posts"].table.columns.tolist() == ["tick", "benign", "toxic"]
    for one in found.values():
        assert one.look
        assert "<b>" not in page.figure(one, "<svg ></svg>", 1)


def test_what_is_not_known_has_no_mark_and_keeps_its_row() -> None:
    spec = moderation.places(FOUND["places"]).to_dict()
    parts = spec["vconcat"][0]["hconcat"]
    assert [part["title"]["text"] for part in parts] == list(moderation.RATES.values())
    marked = [spec["datasets"][part["data"]["name"]].count('"who"') for part in parts]
    assert marked == [1, 2, 2]
    assert all(len(part["layer"][0]["encoding"]["y"]["scale"]["domain"]) == 2 for part in parts)
    assert all(part["layer"][0]["encoding"]["x"]["scale"]["domain"] == [0, 1] for part in parts)


@pytest.mark.parametrize("draw", [moderation.harm, moderation.channel, moderation.chilling, moderation.review])
def test_curves_over_ticks(draw: Any) -> None:
    assert draw(MEASURES).to_dict()["vconcat"]


def test_curves_are_drawn_where_they_were_measured() -> None:
    titles = list(figures.drawings(MEASURES, ()))
    assert [title.split(":")[0] for title in titles] == ["Harm", "The channel", "Chilling", "Review"]
    told = figures.drawings(MEASURES, ())[titles[0]]()
    assert told.table.columns.tolist() == ["tick", "Harm shown", "Harm read"]
    assert not any("Harm" in title for title in figures.drawings(tidy({"likes_per_user": [1.0, 2.0]}), ()))
