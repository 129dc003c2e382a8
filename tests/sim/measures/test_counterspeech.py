"""Counterspeech in a small town by hand: members 0 to 3, a bot with the id 4."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from townsquare.protocols import Events
from townsquare.sim.environments.timeline_posts import TimelinePosts
from townsquare.sim.measures.counterspeech import bystanders, counterspeech, recurs
from townsquare.sim.measures.thread_table import thread_rows
from townsquare.sim.measures.timeline_view import TimelineView

ROWS: list[tuple[int, int, float, int, bool, bool, str]] = [
    # author, tick, harm, parent, counter, aside, text
    (0, 0, 0.9, -1, False, False, "you idiots"),
    (1, 0, 0.1, -1, False, False, "good morning"),
    (2, 0, 0.1, 1, True, False, "that is no way to speak"),
    (3, 0, 0.1, 1, False, False, "quite so"),
    (0, 0, 0.1, 1, False, False, "me again"),
    (4, 1, 0.0, 1, True, True, "Automated reply: would you say it to a face, one two three"),
    (0, 2, 0.6, -1, False, False, "you idiots again"),
    (3, 2, 0.7, 1, False, False, "yes, idiots"),
]
LIKES = [(2, 1), (3, 1), (1, 3), (2, 7)]


def table(until: int) -> TimelinePosts:
    posts = TimelinePosts("cars?", 9)
    for author, tick, hurt, parent, counter, aside, text in ROWS:
        if tick <= until:
            posts.add(
                tick, np.array([author]), np.array([0.5]), np.array([hurt]), np.array([parent]), [text],
                seat=np.array([author]), aside=aside, counter=np.array([counter]),
            )  # fmt: skip
    posts.count("likes", np.array([item for _, item in LIKES if item < len(posts)]))
    return posts


def view(tick: int, **more: Any) -> TimelineView:
    of: dict[str, Any] = {
        "tick": tick, "n_members": 4, "n_persuaders": 0, "n_bots": 1, "goal": 1, "started": np.zeros(4),
        "before": np.zeros(4), "opinions": np.zeros(4), "tolerance": np.zeros(4), "hostile": np.zeros(4, bool),
        "posts": table(tick), "new": np.zeros(0, int), "harmful": 0.6,
        "shown": np.array([[2, -1], [1, 3], [1, -1], [-1, -1]]), "sources": np.zeros((4, 2), int),
        "reads": (np.zeros(0, int),) * 2, "likes": (np.zeros(0, int),) * 2,
        "moves": (np.zeros(0, int), np.zeros(0, int), np.zeros(0)), "withheld": 2,
    }  # fmt: skip
    return TimelineView(**{**of, **more})


def test_what_threads_came_to() -> None:
    found = counterspeech(view(2))
    assert found["harmful_posts"] == 3
    assert found["bystander_replies"] == pytest.approx(3 / 3)  # 3, 4 and the harmful answer; not the author's own
    assert found["counterspeech_share"] == pytest.approx(1 / 3)
    assert found["bot_replies"] == pytest.approx(1 / 3)
    assert found["likes_on_hate"] == pytest.approx(3 / 3)
    assert found["likes_on_counterspeech"] == 1.0
    assert found["hate_recurrence"] == 0.5  # the first author again, the other once
    assert found["replies_withheld"] == 2
    assert found["reply_repeats"] == 0.0


def test_the_norm_is_what_members_see_objected() -> None:
    first = counterspeech(view(0))["norm"]  # nobody has objected by then, but one is shown an objection
    assert first == pytest.approx(np.mean([1 + 6 * 1 / 2, 1.0]))
    later = counterspeech(view(2))["norm"]  # member 1: post 1 with two below, and post 3; member 2: post 1
    assert later == pytest.approx(np.mean([1 + 6 * 3 / 4, 1 + 6 * 2 / 3]))


def test_nothing_where_nobody_did_harm_and_no_bot_withheld_anything() -> None:
    quiet = view(0, posts=TimelinePosts("cars?", 9), shown=np.full((4, 2), -1))
    found = counterspeech(quiet)
    assert found.keys() == {"replies_withheld", "reply_repeats"}
    assert found["replies_withheld"] == 2.0
    assert counterspeech(view(0, posts=TimelinePosts("cars?", 9), n_bots=0, shown=np.full((4, 2), -1))) == {}


def test_without_answers_there_is_no_share() -> None:
    posts = TimelinePosts("cars?", 9)
    posts.add(0, np.array([0]), np.array([0.5]), np.array([0.9]), np.array([-1]), ["x"], seat=np.array([0]))
    found = counterspeech(view(0, posts=posts, shown=np.full((4, 2), -1)))
    assert found["bystander_replies"] == 0.0
    assert math.isnan(found["counterspeech_share"])
    assert math.isnan(found["norm"])
    assert found["hate_recurrence"] == 0.0


def test_bystanders_are_others() -> None:
    author, parent = np.array([0, 1, 0, 2]), np.array([-1, 0, 0, 1])
    member, hateful = np.array([True, True, True, True]), np.array([True, False, False, False])
    assert bystanders(author, parent, member, hateful).tolist() == [False, True, False, False]


def test_recurrence_is_by_author_and_takes_another_tick() -> None:
    assert recurs(np.array([5, 5, 7, 9, 9]), np.array([1, 1, 2, 3, 4])).tolist() == [0.0, 0.0, 1.0]
    assert recurs(np.zeros(0, int), np.zeros(0, int)).tolist() == []


# ---- the table of a finished run ---------------------------------------------------------------------------------


def log() -> tuple[pd.DataFrame, pd.DataFrame, list[tuple[int, Events]]]:
    rows = [(-1, 0, 0.0, -1, False, False, "cars?"), *ROWS]
    items = pd.DataFrame(rows, columns=["author", "born", "harm", "reply_to", "counter", "aside", "text"])
    items["item"] = np.arange(len(items))
    agents = pd.DataFrame({"agent": range(5), "group": ["members"] * 4 + ["bots"]})
    shown = [(1, 1), (1, 3), (2, 1)]
    ticks = []
    for tick in range(3):
        parts = [Events.of("refused", np.array([4]), np.array([-1]), why="not allowed")] if tick < 2 else []
        if tick == 2:
            for kind, pairs in (("shown", shown), ("like", LIKES)):
                agent, item = (np.array(column) for column in zip(*pairs, strict=True))
                parts.append(Events.of(kind, agent, item))
        ticks.append((tick, Events.concat(parts)))
    return items, agents, ticks


def test_the_table_says_what_the_measures_say() -> None:
    found = {row["measure"]: row for row in thread_rows(*log())}
    now = counterspeech(view(2))
    for name in ("harmful_posts", "bystander_replies", "counterspeech_share", "bot_replies", "likes_on_hate"):
        assert found[name]["value"] == pytest.approx(now[name]), name
    for name in ("likes_on_counterspeech", "hate_recurrence", "norm", "reply_repeats"):
        assert found[name]["value"] == pytest.approx(now[name]), name
    assert found["replies_withheld"]["value"] == 2
    assert found["replies_withheld"]["n"] == 3
    assert found["bystander_replies"]["n"] == 3
    assert found["hate_recurrence"]["unit"] == "author"
    assert found["norm"]["unit"] == "member"
    assert found["bystander_replies"]["low"] < 1 < found["bystander_replies"]["high"]


def test_answers_to_a_survey_are_taken_up() -> None:
    answers = pd.DataFrame(
        {"question": ["credible"] * 3 + ["other"], "agent": [0, 1, 1, 2], "value": [7.0, 4.0, 6.0, 1.0]}
    )
    found = {row["measure"]: row for row in thread_rows(*log(), answers)}
    assert found["survey_credible"]["value"] == 6.0
    assert found["survey_credible"]["n"] == 2
    assert "survey_norm" not in found
    assert "survey_other" not in found


def test_a_run_without_harm_has_no_rows() -> None:
    items, agents, ticks = log()
    assert thread_rows(items.assign(harm=0.1), agents, ticks) == []
    assert thread_rows(items[:0], agents, []) == []


def test_intervals_cover_what_is_true_as_often_as_they_say() -> None:
    """120 towns of 60 threads with 0 to 3 answers each: the mean of 1.5 is in the interval most of the time."""
    rng = np.random.Generator(np.random.Philox(5))
    hits = 0
    for _ in range(120):
        counts = rng.integers(0, 4, 60)
        parent = np.repeat(np.arange(60), counts)
        n = 60 + len(parent)
        items = pd.DataFrame(
            {
                "item": np.arange(n), "author": np.where(np.arange(n) < 60, 0, 1), "born": 0,
                "harm": np.where(np.arange(n) < 60, 0.9, 0.0), "reply_to": np.concatenate([np.full(60, -1), parent]),
                "counter": False, "text": "",
            }
        )  # fmt: skip
        agents = pd.DataFrame({"agent": [0, 1], "group": "members"})
        row = next(row for row in thread_rows(items, agents, []) if row["measure"] == "bystander_replies")
        hits += row["low"] <= 1.5 <= row["high"]
    assert 105 <= hits <= 120
