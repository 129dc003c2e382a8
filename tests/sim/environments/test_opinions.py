"""What customers will think."""

import numpy as np

from tests.datafiles import data_file
from townsquare.protocols import Interactions, Scale, Streams
from townsquare.sim.environments.opinions import Learnt, MadeUp

STARS = Scale(1.0, 5.0, 4.0)


def made(seed=0, n=300, m=120):
    categories = np.sort(Streams(seed).get("test").integers(6, size=m))
    return MadeUp.drawn(n, categories, 8, STARS, Streams(seed)), categories


def test_made_up_opinions_fill_the_scale_and_not_much_more():
    opinions, _ = made()
    every = opinions.of(np.arange(300), np.tile(np.arange(120), (300, 1)))
    assert 3.0 < every.mean() < 4.0
    assert 0.6 < every.std() < 1.4
    assert ((every > 0) & (every < 7)).mean() > 0.97


def test_a_customer_likes_the_items_of_a_category_alike():
    opinions, categories = made()
    every = opinions.of(np.arange(300), np.tile(np.arange(120), (300, 1)))
    match = every - every.mean(axis=0) - every.mean(axis=1, keepdims=True)
    together = np.corrcoef(match.T)
    same = categories[:, None] == categories
    off = ~np.eye(120, dtype=bool)
    assert together[same & off].mean() > together[~same].mean() + 0.3


def test_empty_places_do_no_harm():
    opinions, _ = made()
    assert np.isfinite(opinions.of(np.array([3]), np.array([[0, -1]]))).all()


def test_the_same_seed_gives_the_same_opinions():
    one, two = made(4)[0], made(4)[0]
    assert np.array_equal(one.tastes, two.tastes)
    assert not np.array_equal(one.tastes, made(5)[0].tastes)


def test_learnt_opinions_explain_ratings_better_than_means_do():
    rows = np.loadtxt(data_file("ml-100k/u.data"), skiprows=1, usecols=(0, 1, 2))
    users = np.unique(rows[:, 0], return_inverse=True)[1]
    items = np.unique(rows[:, 1], return_inverse=True)[1]
    whole = Interactions(users, items, rows[:, 2], np.zeros(len(rows)), users.max() + 1, items.max() + 1, STARS)
    held = Streams(0).get("held").random(len(rows)) < 0.1
    opinions = Learnt(whole.where(~held), 8, Streams(0))
    told = opinions.of(users[held], items[held][:, None])[:, 0]
    error = np.sqrt(np.mean((told - rows[held, 2]) ** 2))
    assert error < 0.97 < rows[held, 2].std()


def test_who_never_rated_thinks_what_is_left_to_think():
    log = Interactions(np.array([0]), np.array([1]), np.array([5.0]), np.zeros(1), 3, 4, STARS)
    opinions = Learnt(log, 2, Streams(0))
    assert np.allclose(opinions.of(np.array([2]), np.array([[3]])), 5.0)
