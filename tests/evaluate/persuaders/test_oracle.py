"""The judge that learns."""

import pytest

from tests.evaluate.persuaders.posts_of import pair, post
from townsquare.evaluate.persuaders.oracle import Oracle
from townsquare.protocols import InputError, Streams
from townsquare.protocols.persuader import Brief, Judge, Pair, Version

THINGS = [f"{a} {b}" for a in ("bread", "cake", "soup", "tea", "jam", "rice") for b in "abcdefghijklmnopqrst"]


def taught(planted: bool, count: int = 120) -> list[Pair]:
    """Pairs of which the better one invites; or of which nothing tells which one is better."""
    pairs = []
    for n, thing in enumerate(THINGS[:count]):
        plain, inviting = post(f"p{n}", f"We have {thing} here.", 10), post(f"i{n}", f"Come and try {thing} here!", 20)
        pairs.append(pair(plain, inviting) if planted or n % 2 else pair(plain_as(inviting, 10), plain_as(plain, 20)))
    return pairs


def plain_as(one, likes):
    return post(one.id, one.text, likes)


def oracle() -> Oracle:
    return Oracle(Oracle.Config(), Streams(0))


async def test_it_finds_what_is_planted_and_says_how_well() -> None:
    judge = oracle()
    judge.learn(taught(True))
    assert judge.held_out is not None
    assert (judge.held_out.pairs, judge.held_out.tested, judge.held_out.accuracy) == (120, 120, 1.0)
    assert 0.9 < judge.held_out.low < judge.held_out.high == 1.0
    brief = Brief(0, post("x", "", 0))
    better, worse = Version("Come and try figs here!"), Version("We have figs here.")
    assert await judge.choose(brief, better, worse, number=0) == "left"
    assert await judge.choose(brief, worse, better, number=1) == "right"
    assert await judge.choose(brief, worse, worse, number=2) == "tie"
    assert isinstance(judge, Judge)


def test_where_nothing_is_to_be_learnt_its_interval_holds_chance() -> None:
    judge = oracle()
    judge.learn(taught(False))
    assert judge.held_out is not None
    assert judge.held_out.low < 0.5 < judge.held_out.high + 0.1
    assert judge.held_out.accuracy < 0.65


def test_too_few_pairs_are_a_sentence() -> None:
    with pytest.raises(InputError, match="needs 40 pairs to learn from besides those of the arena, there are 39"):
        oracle().learn(taught(True, 39))
    with pytest.raises(InputError, match="has not learnt"):
        oracle().score("a")
