"""Which texts are written anew."""

from dataclasses import replace

import pytest

from tests.evaluate.persuaders.posts_of import pair, post
from townsquare.evaluate.persuaders.arena import mined_from
from townsquare.evaluate.persuaders.families import wording
from townsquare.evaluate.persuaders.inputs import draw
from townsquare.evaluate.persuaders.made import made_posts
from townsquare.evaluate.persuaders.settings import PersuadersSettings
from townsquare.protocols import InputError, Streams


def test_nothing_to_learn_from_is_in_the_arena() -> None:
    settings = PersuadersSettings(cases=("Ref", "Parap", "Transc"))
    _, mined, _ = mined_from(made_posts(1500), settings)
    drawn = draw(mined.pairs, settings.cases, 20, 0.5, Streams(0))
    ours = {wording(one) for input in drawn.inputs for one in (input.pair.weak, input.pair.strong)}
    ours |= {text.casefold() for input in drawn.inputs for text in input.likes}
    rest = {wording(one) for each in drawn.rest for one in (each.weak, each.strong)}
    assert not ours & rest
    assert len(drawn.rest) > 40
    for case in settings.cases:
        assert sum(case in input.cases for input in drawn.inputs) <= 20
    assert all(set(input.cases) <= set(input.pair.cases) for input in drawn.inputs)
    assert len({input.pair.weak.id for input in drawn.inputs}) == len(drawn.inputs)
    assert [input.brief.number for input in drawn.inputs] == list(range(len(drawn.inputs)))
    again = draw(mined.pairs, settings.cases, 20, 0.5, Streams(0))
    assert again == drawn or [i.pair for i in again.inputs] == [i.pair for i in drawn.inputs]
    other = draw(mined.pairs, settings.cases, 20, 0.5, Streams(1))
    assert [i.pair for i in other.inputs] != [i.pair for i in drawn.inputs]


def test_the_nearest_better_and_the_nearest_worse_text() -> None:
    low, mid, high, top = (post(id, f"text {id}", likes) for id, likes in zip("abcd", (1, 5, 20, 60), strict=True))
    pairs = [pair(low, mid), pair(mid, high, text=0.85), pair(mid, top, text=0.95), pair(low, high)]
    drawn = draw(pairs, ["Ref"], 10, 0.0, Streams(0))
    by = {input.pair.weak.id: input for input in drawn.inputs}
    assert by.keys() == {"a", "b"}
    brief = by["b"].brief
    assert (brief.post.text, brief.better, brief.worse) == ("text b", "text d", "text a")
    assert brief.post.likes != brief.post.likes  # a contestant does not learn what it got
    assert by["a"].brief.worse is None
    assert by["b"].likes == {"text a": 1, "text b": 5, "text d": 60}
    assert drawn.rest == ()


def test_what_was_said_twice_is_no_worse_text_and_neither_is_another_image() -> None:
    low, high = post("a", "said twice", 1), post("d", "Said  TWICE", 60)
    mid, other = post("b", "the input", 5), post("c", "something else", 2)
    image = replace(pair(other, mid, "VisOnly"), text_similarity=float("nan"))
    drawn = draw([pair(low, mid), image, pair(mid, high)], ["Ref"], 10, 0.0, Streams(0))
    by = {input.pair.weak.id: input for input in drawn.inputs}
    assert by["b"].brief.worse is None
    assert by["b"].likes == {"the input": 5, "Said  TWICE": 60}


def test_too_little_is_a_sentence() -> None:
    only = [pair(post("a", "one", 1), post("b", "two", 2), "VisOnly")]
    with pytest.raises(InputError, match="1 pairs were mined, and 0 inputs"):
        draw(only, ["VisOnly", "Ref"], 5, 0.0, Streams(0))
    with pytest.raises(InputError, match="0 pairs were mined"):
        draw([], ["Ref"], 5, 0.5, Streams(0))
