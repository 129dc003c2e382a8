"""Thirds of an account's posts."""

import numpy as np
import pytest

from tests.evaluate.persuaders.posts_of import post, posts
from townsquare.evaluate.persuaders import buckets
from townsquare.evaluate.persuaders.families import wording
from townsquare.evaluate.persuaders.made import made_posts
from townsquare.protocols import InputError, Streams


def test_thirds_are_those_of_the_account() -> None:
    rows = [post(f"a{n}", f"text {n}", n, account="small") for n in range(6)]
    rows += [post(f"b{n}", f"text {n}", 1000 * n, account="large") for n in range(6)]
    rows += [post("c", "text", 5, account="new")]
    assert buckets.thirds(posts(*rows)).tolist() == [0, 0, 1, 1, 2, 2] * 2 + [-1]
    equal = [post(f"a{n}", f"text {n}", 7) for n in range(6)]
    assert buckets.thirds(posts(*equal)).tolist() == [1] * 6


def test_words_tell_more_than_chance_and_nothing_is_seen_before() -> None:
    made = made_posts(1200)
    drawn = buckets.draw(made, 300, 0.5, Streams(0))
    assert not {wording(one) for one in drawn.asked} & {wording(one) for one in drawn.learnt}
    assert len(drawn.asked) == 300
    row = drawn.row("oracle", buckets.learnt(drawn), Streams(0))
    assert row["low"] > max(row["chance"], row["largest"])
    coin = drawn.row("chance", buckets.chance(drawn, Streams(0)), Streams(0))
    assert coin["low"] < 1 / 3 < coin["high"]


def test_missing_guesses_are_left_out() -> None:
    drawn = buckets.draw(made_posts(300), 10, 0.0, Streams(0))
    truth = [int(part) for part in drawn.truth]
    row = drawn.row("x", [*truth[:4], *[None] * 6], Streams(0))
    assert (row["answered"], row["accuracy"]) == (4, 1.0)
    assert buckets.learnt(drawn) == [None] * 10
    assert np.isin(drawn.truth, [0, 1, 2]).all()
    with pytest.raises(InputError, match="no account has 6 posts"):
        buckets.draw(posts(post("a", "b", 1)), 5, 0.5, Streams(0))
