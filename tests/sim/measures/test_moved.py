"""Who was moved by what they were shown, from a log that is known to the last row."""

import numpy as np
import pandas as pd
import pytest

from townsquare.protocols.events import Events
from townsquare.sim.measures.moved import MovedTally, moved, warnings

AGENTS = pd.DataFrame(
    {"agent": range(5), "group": ["members"] * 3 + ["persuaders", "bots"], "opinion": [0.5, 0.2, 0.8, np.nan, np.nan]}
)
ITEMS = pd.DataFrame({"item": [0, 1, 2, 3], "author": [-1, 3, 0, 1]})


def tick(shown=(), clicks=(), likes=(), opinions=()):
    parts = [Events.of("shown", np.array([a]), np.array([i]), why=why) for a, i, why in shown]
    parts += [Events.of("click", np.array([a]), np.array([i])) for a, i in clicks]
    parts += [Events.of("like", np.array([a]), np.array([i])) for a, i in likes]
    parts += [Events.of("opinion", np.array([a]), np.array([i]), value=v, why="after") for a, i, v in opinions]
    return Events.concat(parts)


LOG = [
    tick(
        [(0, 1, "first audience"), (1, 1, "match"), (1, 2, "followed"), (2, 3, "fill")],
        [(0, 1), (1, 1), (1, 2)],
        [(1, 1)],
        [(0, 1, 0.6), (1, 1, 0.25), (1, 2, 0.3)],
    ),
    tick([(0, 3, "followed"), (2, 1, "match")], [(0, 3), (2, 1)], [], [(0, 3, 0.55), (2, -1, 0.7)]),
]


def row(found, source, authors):
    (one,) = [r for r in found.rows if (r["source"], r["authors"]) == (source, authors)]
    return one


def test_each_move_goes_to_why_it_was_shown_and_to_who_wrote_it():
    found = moved(ITEMS, AGENTS, LOG, goal=1)
    first = row(found, "first audience", "persuaders")
    assert (first["exposures"], first["reads"], first["members"]) == (1, 1, 1)
    assert first["move"] == pytest.approx(0.1 / 3)
    match = row(found, "match", "persuaders")
    assert (match["exposures"], match["reads"], match["likes"], match["members"]) == (2, 2, 1, 1)
    assert match["move"] == pytest.approx(0.05 / 3)
    followed = row(found, "followed", "members")
    assert (followed["exposures"], followed["members"]) == (2, 2)
    assert followed["move"] == pytest.approx((0.05 - 0.05) / 3)
    assert row(found, "fill", "members")["move"] == 0
    assert row(found, "not on record", "nobody")["move"] == pytest.approx(-0.1 / 3)


def test_rows_add_up_to_the_whole():
    found = moved(ITEMS, AGENTS, LOG, goal=1)
    assert row(found, "all", "persuaders")["move"] == pytest.approx(0.15 / 3)
    assert found.whole["move"] == pytest.approx(found.end - found.start)
    assert (found.start, found.end) == (pytest.approx(0.5), pytest.approx((0.55 + 0.3 + 0.7) / 3))
    assert found.whole["exposures"] == 6
    assert row(found, "all", "persuaders")["members"] == 2


def test_a_change_of_mind_that_names_no_post_is_no_authors():
    found = moved(ITEMS, AGENTS, [tick(opinions=[(0, -1, 0.9)])], goal=1)
    assert [(r["source"], r["authors"]) for r in found.rows] == [
        ("not on record", "nobody"),
        ("all", "nobody"),
        ("all", "all"),
    ]
    assert found.posts.empty


def test_the_goal_turns_the_sign():
    up, down = (moved(ITEMS, AGENTS, LOG, goal=goal).whole["move"] for goal in (1, -1))
    assert up == pytest.approx(-down)


def test_few_members_have_students_interval_and_many_a_bootstrap():
    few = moved(ITEMS, AGENTS, LOG, goal=1).whole
    assert few["low"] < few["move"] < few["high"]
    n = 200
    agents = pd.DataFrame({"agent": range(n + 1), "group": ["members"] * n + ["persuaders"], "opinion": 0.5})
    items = pd.DataFrame({"item": [0, 1], "author": [-1, n]})
    people = np.arange(n)
    values = 0.5 + 0.001 * (people % 7)
    log = Events.concat(
        [
            Events.of("shown", people, np.ones(n), why="match"),
            Events.of("opinion", people, np.ones(n), value=values, why="after"),
        ]
    )
    whole = moved(items, agents, [log], goal=1).whole
    half = 1.96 * values.std() / np.sqrt(n)
    assert (whole["high"] - whole["low"]) / 2 == pytest.approx(half, rel=0.15)
    assert whole["low"] < values.mean() - 0.5 < whole["high"]


def test_what_moved_one_member():
    tally = MovedTally(ITEMS, AGENTS, goal=1)
    for events in LOG:
        tally.add(events)
    of = tally.of_member(0)
    assert of["item"].tolist() == [1, 3]
    assert of["tick"].tolist() == [0, 1]
    assert of["source"].tolist() == ["first audience", "followed"]
    assert of["move"].tolist() == pytest.approx([0.1, -0.05])
    assert of["share"].tolist() == pytest.approx([2 / 3, 1 / 3])
    assert tally.of_member(4).empty


def test_posts_by_how_much_they_moved():
    posts = moved(ITEMS, AGENTS, LOG, goal=1).posts
    assert posts["item"].tolist() == [1, 2, 3]
    assert posts.loc[0, ["authors", "exposures", "reads", "likes", "members"]].tolist() == ["persuaders", 3, 3, 1, 2]
    assert posts.loc[0, "move"] == pytest.approx(0.15)


def test_nothing_happened():
    found = moved(ITEMS, AGENTS, [], goal=1)
    assert (found.start, found.end, len(found.rows)) == (0.5, 0.5, 1)
    assert found.posts.empty


def test_moves_beyond_the_human_range_are_warned_about():
    assert warnings(0.02, 0.01, "in all") == []
    assert warnings(0.06, 0.03, "in all") == []
    assert warnings(-0.3, -0.4, "in all") == []
    (said,) = warnings(0.2, 0.15, "in all")
    assert "over-susceptible" in said
    assert "+0.200" in said
