"""The article table: ids, what goes round, keys, and memory let go."""

import numpy as np

from townsquare.sim.environments.articles import Articles


def grown(window: int = 2, ticks: int = 5, per_tick: int = 3) -> Articles:
    """Tick t publishes articles 3t, 3t+1, 3t+2 with content (id, id), by authors 7, 8, 7."""
    articles = Articles(2, window)
    for t in range(ticks):
        ids = 3 * t + np.arange(per_tick)
        found = articles.add(t, np.array([7, 8, 7]), ids % 4, ids / 10, np.stack([ids, ids], axis=1))
        assert found.tolist() == ids.tolist()
    return articles


def test_ids_are_rows_and_what_goes_round_is_a_range() -> None:
    articles = grown()
    assert len(articles) == 15
    assert articles["author"].tolist() == [7, 8, 7] * 5
    assert articles["born"].tolist() == [t for t in range(5) for _ in range(3)]
    assert articles.active(4).tolist() == [6, 7, 8, 9, 10, 11]
    assert articles.new(4).tolist() == [12, 13, 14]
    assert articles.active(1).tolist() == [0, 1, 2]
    assert articles.active(0).tolist() == []
    assert [articles.end(t) for t in range(5)] == [3, 6, 9, 12, 15]


def test_content_is_kept_for_what_goes_round_only() -> None:
    articles = grown()
    assert articles.first == 6
    assert len(articles.vectors) == 9
    assert articles.content(np.array([[6, 14], [9, 9]])).tolist() == [[[6, 6], [14, 14]], [[9, 9], [9, 9]]]


def test_a_tick_without_articles() -> None:
    articles = grown(ticks=2)
    none = np.zeros(0, int)
    articles.add(2, none, none, np.zeros(0), np.zeros((0, 2)))
    assert articles.new(2).tolist() == []
    assert articles.active(2).tolist() == [0, 1, 2, 3, 4, 5]
    articles.add(4, np.array([7]), np.zeros(1, int), np.zeros(1), np.zeros((1, 2)))  # nothing at all in tick 3
    assert articles.active(4).tolist() == []
    assert articles.new(4).tolist() == [6]


def test_nothing_in_circulation_reads_as_zeros() -> None:
    articles = Articles(3, 2)
    assert articles.content(np.full((2, 4), -1)).tolist() == np.zeros((2, 4, 3)).tolist()
    assert articles.column("quality", np.full((2, 4), -1)).tolist() == np.zeros((2, 4)).tolist()


def test_keys_name_the_nth_article_of_an_author_in_a_tick() -> None:
    """Another arm's extra articles, or another order of authors, leave a story's key alone."""
    articles = grown(ticks=3)
    assert len(set(articles["key"].tolist())) == 9
    other = Articles(2, 2)
    for t in range(3):
        extra = [5, 8, 7, 7] if t == 1 else [7, 7, 8]  # in another order, and with one more author in tick 1
        other.add(t, np.array(extra), np.zeros(len(extra), int), np.zeros(len(extra)), np.zeros((len(extra), 2)))
    name = {k: (int(a), int(b)) for k, a, b in zip(other["key"].tolist(), other["author"], other["born"], strict=True)}
    for key, author, born in zip(articles["key"].tolist(), articles["author"], articles["born"], strict=True):
        assert name[key] == (author, born)


def test_count_adds_one_per_occurrence_and_counts_article_zero() -> None:
    articles = grown(ticks=1)
    articles.count("likes", np.array([[0, 2], [0, -1]]))
    articles.count("likes", np.array([0]))
    assert articles["likes"].tolist() == [3, 0, 1]
    assert articles["clicks"].tolist() == [0, 0, 0]


def test_the_catalogue_ends_where_one_says() -> None:
    catalogue = grown(window=3).catalogue(9, 12)
    assert len(catalogue) == 12
    assert catalogue.vectors is not None
    assert catalogue.vectors[:, 0].tolist() == [0] * 9 + [9, 10, 11]
    assert catalogue.born.tolist() == [t for t in range(4) for _ in range(3)]
    assert len(catalogue.keys) == len(catalogue.authors) == len(catalogue.categories) == 12


def test_state_round_trip_goes_on_the_same() -> None:
    articles = grown()
    again = Articles(2, 2)
    again.load({name: np.array(a) for name, a in articles.state().items()})
    for both in (articles, again):
        both.count("shown", np.array([14, 14]))
        both.add(5, np.array([9]), np.array([1]), np.array([0.5]), np.ones((1, 2)))
    assert articles.state().keys() == again.state().keys()
    for name, column in articles.state().items():
        assert np.array_equal(column, again.state()[name]), name
