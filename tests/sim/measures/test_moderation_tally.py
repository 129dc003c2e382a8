"""What a run of a moderated timeline came to, from events written by hand."""

import numpy as np
import pandas as pd
import pytest

from townsquare.protocols.events import Events
from townsquare.sim.measures.moderation_tally import ModerationTally, share_of

BREAKS = np.array([False, False, True, True])
KINDS = np.array([0, 0, 2, 3, 0])
"""The proposition, and posts 1 (benign), 2 (spam), 3 (toxic), 4 (benign)."""


def tick_one() -> Events:
    def of(kind: str, agent: list[int], item: list[int], **more: object) -> Events:
        return Events.of(kind, np.array(agent), np.array(item), **more)  # type: ignore[arg-type]

    return Events.concat(
        [
            of("post", [0, 1, 2, 0], [1, 2, 3, 4], ref=np.array([-1, -1, -1, 3])),
            of("verdict", [-1], [1], why="show"),
            of("verdict", [-1], [2], why="remove", value=0.9),
            of("verdict", [-1], [3], why="blur", value=0.8),
            of("verdict", [-1], [4], why="label", value=0.6),
            of("dispute", [0], [4]),
            of("shown", [0, 0, 1, 2], [3, 1, 3, 4]),
            of("click", [1, 2], [3, 4]),
            of("verdict", [-1], [4], why="show", rank=2),
        ]
    )


def test_it_counts_what_lay_open() -> None:
    tally = ModerationTally(3, BREAKS)
    tally.add(tick_one(), KINDS)
    assert tally.places.tolist() == [2, 1, 1]
    assert tally.harm().tolist() == [0.0, 1.0, 0.0]  # the blurred post counts for member 1, who opened it
    assert tally.harm_read().tolist() == [0.0, 1.0, 0.0]
    assert tally.posted.tolist() == [1, 1, 1]  # the answer is no post
    assert (tally.appeals, tally.granted, tally.decided[2]) == (1, 1, 1)


def test_rates_against_what_posts_truly_are() -> None:
    tally = ModerationTally(3, BREAKS)
    tally.add(tick_one(), KINDS)
    row = tally.channel(KINDS, np.array([False, False, False, True, True]))
    assert (row["looked"], row["done"], row["abstained"], row["disguised"]) == (4, 3, 0, 1)
    assert row["precision"][0] == pytest.approx(2 / 3)
    assert row["recall"][0] == 1
    assert row["fpr"][0] == 0.5
    assert row["passed"][0] == 0
    told = pd.DataFrame({"by": ["reader: calm", "reader: calm", "reader: x"], "action": ["remove", "show", "remove"],
                         "item": [3, 1, 2]})  # fmt: skip
    reader = tally.reader("calm", np.array([False, False, False, True]), KINDS, told)
    assert (reader["looked"], reader["done"], reader["precision"][0], reader["recall"][0]) == (4, 1, 1.0, 1.0)
    author = tally.author(np.array([0, 2, 3, 3]), np.array([True, True, False, False]))
    assert (author["precision"][0], author["recall"][0], author["fpr"][0]) == (0.5, pytest.approx(1 / 3), 1.0)


def test_a_share_has_an_interval_and_one_of_nothing_is_none() -> None:
    assert share_of(0, 0) is None
    low_end, high_end = share_of(0, 10), share_of(10, 10)
    assert low_end == pytest.approx((0, 0, 0.2775), abs=1e-4)  # Wilson 1927, as tables have it
    assert high_end == pytest.approx((1, 0.7225, 1), abs=1e-4)
    assert share_of(50, 100) == pytest.approx((0.5, 0.4038, 0.5962), abs=1e-4)
