"""Made-up words about items."""

import numpy as np

from townsquare.agents.reviewers.vocabulary import PER_CATEGORY, WORDS, Vocabulary, named
from townsquare.protocols import Streams

KEYS = np.arange(300)


def test_three_of_the_sixteen_words_of_the_category() -> None:
    categories = KEYS % 3
    found = Vocabulary(Streams(0)).made_up(KEYS, categories)
    assert {len(set(words)) for words in found} == {3}
    for category in range(3):
        used = {word for words, kind in zip(found, categories, strict=True) if kind == category for word in words}
        assert len(used) == PER_CATEGORY
    assert len(set(found)) > 250  # items are told apart


def test_an_item_keeps_its_words_whoever_asks() -> None:
    whole = Vocabulary(Streams(0)).made_up(KEYS, KEYS % 3)
    some = Vocabulary(Streams(0)).made_up(KEYS[[7, 2]], KEYS[[7, 2]] % 3)
    assert some == [whole[7], whole[2]]
    assert Vocabulary(Streams(1)).made_up(KEYS, KEYS % 3) != whole


def test_without_a_category_all_words_are_there() -> None:
    found = Vocabulary(Streams(0)).made_up(KEYS, np.full(300, -1))
    assert len({word for words in found for word in words}) == len(WORDS)


def test_words_of_a_category() -> None:
    assert named(1, ("Drama", "Science Fiction")) == ("science", "fiction")
    assert named(0, ("category 0",)) == ()
    assert named(-1, ("Drama",)) == ()
    assert named(5, ("Drama",)) == ()
