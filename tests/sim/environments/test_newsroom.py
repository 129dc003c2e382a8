"""Breaking news and promotion."""

from typing import Any

import numpy as np
import pytest

from townsquare.protocols import Streams
from townsquare.protocols.scenario import load
from townsquare.sim.environments.articles import Articles
from townsquare.sim.environments.newsroom import breaking, promoted_weights
from townsquare.sim.scenarios.news import Slate

TOPICS = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, -5.0]])


def news(**story: Any) -> Any:
    values = {"interruptions": [{"tick": 3, "topic": 1, "quality": 6.5, "count": 4} | story]}
    return load("news", values)


def test_nothing_breaks_on_other_ticks() -> None:
    quiet = breaking(news(), 2, TOPICS, 100, 5, Streams(0))
    assert len(quiet.author) == len(quiet.category) == len(quiet.quality) == 0
    assert quiet.vector.shape == (0, 2)


def test_topic_quality_count_and_tick_are_those_chosen() -> None:
    story = breaking(news(), 3, TOPICS, 100, 5, Streams(0))
    assert story.category.tolist() == [1] * 4
    assert story.quality.tolist() == [6.5] * 4
    assert len(set(story.author.tolist())) == 4  # four of five creators, nobody twice
    assert set(story.author) <= set(range(100, 105))
    # concentration .5 times step .1: four articles lie within a few .05 of the centre
    assert np.abs(story.vector - [10, 0]).max() < 0.25
    assert len(np.unique(story.vector)) == 8


def test_more_articles_than_creators() -> None:
    story = breaking(news(count=12), 3, TOPICS, 100, 5, Streams(0))
    assert len(story.author) == 12
    assert set(story.author) <= set(range(100, 105))


def test_two_stories_at_once_are_two_draws() -> None:
    two = [{"tick": 3, "topic": 1, "quality": 1.0, "count": 2}, {"tick": 3, "topic": 2, "quality": 2.0, "count": 3}]
    story = breaking(load("news", {"interruptions": two}), 3, TOPICS, 100, 50, Streams(0))  # type: ignore[arg-type]
    assert story.category.tolist() == [1, 1, 2, 2, 2]
    assert story.quality.tolist() == [1, 1, 2, 2, 2]
    alone = breaking(load("news", {"interruptions": two[:1]}), 3, TOPICS, 100, 50, Streams(0))  # type: ignore[arg-type]
    assert (alone.vector == story.vector[:2]).all()


# ---- promotion -----------------------------------------------------------------------------------------------------


def press(n_authors: int = 20, each: int = 3) -> tuple[Articles, np.ndarray]:
    articles = Articles(2, 5)
    author = np.repeat(np.arange(n_authors), each)
    angle = np.linspace(0, 2 * np.pi, len(author))
    articles.add(
        0, author, np.zeros(len(author), int), np.zeros(len(author)), np.stack([np.cos(angle), np.sin(angle)], 1)
    )
    return articles, np.arange(len(author))


def test_by_author_promotes_all_articles_of_so_many_authors() -> None:
    articles, active = press()
    weights = promoted_weights(Slate(promoted=0.2, promoted_authors=4), 5, articles, active, TOPICS, Streams(0))
    assert set(weights.tolist()) == {0.0, 1.0}
    assert len(set(articles["author"][weights > 0].tolist())) == 4
    assert weights.sum() == 12


def test_more_authors_than_there_are_promotes_all() -> None:
    articles, active = press(3)
    assert promoted_weights(Slate(promoted=0.2), 5, articles, active, TOPICS, Streams(0)).tolist() == [1.0] * 9


@pytest.mark.parametrize("by", ["author", "content"])
def test_the_choice_holds_for_so_many_ticks(by: str) -> None:
    articles, active = press()
    slate = Slate(promoted=0.2, promote_by=by, promoted_authors=4, promote_every=3)  # type: ignore[arg-type]
    chosen = [promoted_weights(slate, t, articles, active, TOPICS, Streams(0)).tolist() for t in range(7)]
    assert chosen[0] == chosen[1] == chosen[2] != chosen[3] == chosen[4] == chosen[5] != chosen[6]


def test_by_content_weighs_by_softmax_of_the_cosine() -> None:
    """Twenty articles on a circle: the weights follow from one angle, and the ratio of extremes is e^2."""
    articles, active = press(20, 1)
    slate = Slate(promoted=0.2, promote_by="content")
    weights = promoted_weights(slate, 0, articles, active, TOPICS, Streams(0))
    assert weights.sum() == pytest.approx(1)
    point = Streams(0).get("promotion", 0).uniform(TOPICS.min(axis=0), TOPICS.max(axis=0))
    cosines = articles.content(active).astype(float) @ (point / np.linalg.norm(point))
    assert weights == pytest.approx(np.exp(cosines) / np.exp(cosines).sum())


def test_without_places_or_articles_nothing_is_promoted() -> None:
    articles, active = press()
    assert not promoted_weights(Slate(), 0, articles, active, TOPICS, Streams(0)).any()
    assert len(promoted_weights(Slate(promoted=0.5), 0, articles, active[:0], TOPICS, Streams(0))) == 0
