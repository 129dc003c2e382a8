"""Honest reviews without a language model."""

import time

import numpy as np
import pytest

from townsquare.agents.reviewers.behavioural import Reviewer, two_of, with_reviews
from townsquare.agents.reviewers.phrases import JUDGED
from townsquare.protocols import InputError, Interactions, Streams
from townsquare.protocols.interactions import Scale
from townsquare.sim.measures.stealth import text_duplication

STARS = Scale(1.0, 5.0, 4.0)
TITLES = ("Toy Story", "Heat", "It")
CATEGORIES = np.array([0, 1, -1])
NAMES = ("Animation", "Crime")


def reviewer(seed: int = 0) -> Reviewer:
    return Reviewer(Streams(seed), TITLES, CATEGORIES, NAMES)


def test_features_are_of_title_category_and_vocabulary() -> None:
    found = reviewer().features(0)
    assert {"toy", "story", "animation"} <= set(found)
    assert len(found) == 6
    assert len(reviewer().features(2)) == 3  # nothing but made-up words is known
    assert Reviewer(Streams(0)).features(17) == Reviewer(Streams(0), keys=np.arange(20)).features(17)


def test_a_review_speaks_of_its_item_and_fits_its_rating() -> None:
    users = np.arange(400)
    for value in (1.0, 3.0, 5.0):
        texts = reviewer().write(users, np.zeros(400, int), np.full(400, value), STARS)
        words = set(reviewer().features(0))
        assert all(any(word in text.lower() for word in words) for text in texts)
        fitting = JUDGED[round(value) - 1]
        assert all(any(word in text.lower() for word in fitting) for text in texts)


def test_a_review_hangs_on_user_item_and_rating_alone() -> None:
    users, items, values = np.array([3, 4, 5]), np.array([0, 1, 0]), np.array([5.0, 2.0, 5.0])
    together = reviewer().write(users, items, values, STARS)
    alone = reviewer().write(users[1:2], items[1:2], values[1:2], STARS)
    assert together[1] == alone[0]
    assert together[0] != together[2]
    assert reviewer(1).write(users, items, values, STARS)[0] != together[0]
    assert reviewer().write(users[:0], items[:0], values[:0], STARS).shape == (0,)


def test_reviews_are_many_different_ones() -> None:
    users, items = np.divmod(np.arange(1000), 10)
    texts = Reviewer(Streams(0)).write(users, items, np.tile([1, 2, 3, 4, 5], 200), STARS)
    assert len(set(texts)) == 1000
    assert text_duplication(texts.tolist()) < 0.1


def test_ten_thousand_take_no_second() -> None:
    users, items = np.divmod(np.arange(10_000), 100)
    values = np.tile([1.0, 2.0, 4.0, 5.0], 2500)
    begun = time.process_time()
    Reviewer(Streams(0)).write(users, items, values, STARS)
    assert time.process_time() - begun < 1.0


def test_ratings_without_a_review_get_one() -> None:
    texts = np.array(["mine", "", ""], object)
    log = Interactions(np.arange(3), np.arange(3), np.array([1.0, 3.0, 5.0]), np.zeros(3, int), 3, 3, STARS, texts)
    found = with_reviews(log, TITLES, CATEGORIES, Streams(0), category_names=NAMES)
    assert found.texts is not None
    assert found.texts[0] == "mine"
    assert all(found.texts)
    assert texts.tolist() == ["mine", "", ""]
    assert np.array_equal(found.values, log.values)
    bare = Interactions(np.arange(3), np.arange(3), np.ones(3), np.zeros(3, int), 3, 3)
    with pytest.raises(InputError, match="reviews need ratings"):
        with_reviews(bare, None, None, Streams(0))


def test_two_different_words() -> None:
    words = ["a", "b", "c"]
    pairs = {tuple(two_of(words, one, other)) for one in (0.0, 0.5, 0.99) for other in (0.0, 0.99)}
    assert pairs == {("a", "b"), ("a", "c"), ("b", "a"), ("b", "c"), ("c", "a"), ("c", "b")}
    assert two_of(["a"], 0.5, 0.5) == ["a"]
