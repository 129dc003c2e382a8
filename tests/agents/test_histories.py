"""Traits of people, on data small enough to do by hand."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from tests.datafiles import data_file
from townsquare.agents.histories import activity, breadth, deviation, mainstream, shares, spread, traits
from townsquare.protocols import InputError

USERS = np.array([0, 0, 0, 1, 1, 2])
ITEMS = np.array([0, 1, 2, 0, 1, 0])
GENRES = csr_array(np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1]]))


def test_activity_counts() -> None:
    assert activity(USERS, 4).tolist() == [3, 2, 1, 0]


def test_deviation_is_the_mean_squared_distance_to_item_means() -> None:
    ratings = np.array([5.0, 3.0, 4.0, 1.0, 3.0, 3.0])  # means 3, 3, 4
    assert deviation(USERS, ITEMS, ratings, 4) == pytest.approx([4 / 3, 2.0, 0.0, 0.0])


def test_mainstream_is_the_mean_place_by_popularity() -> None:
    # items are taken 3, 2, 1 times: places 5/6, 3/6, 1/6
    assert mainstream(USERS, ITEMS, 4) == pytest.approx([0.5, 4 / 6, 5 / 6, 0.0])


def test_breadth_is_the_effective_number_of_genres() -> None:
    # person 0: 1.5, 0.5, 1 of 3; person 1: 1.5, 0.5 of 2; person 2 knows one genre
    p, q = np.array([0.5, 1 / 6, 1 / 3]), np.array([0.75, 0.25])
    expected = [np.exp(-(p @ np.log(p))), np.exp(-(q @ np.log(q))), 1.0, 0.0]
    assert breadth(USERS, ITEMS, GENRES, 4) == pytest.approx(expected)


def test_spread_is_the_mean_distance_of_a_persons_items() -> None:
    vectors = np.array([[2.0, 0.0], [3.0, 0.0], [0.0, 1.0]])
    # person 0: one pair of cosine 1, two of cosine 0; person 1: cosine 1; person 2 has one item
    assert spread(USERS, ITEMS, vectors, 4) == pytest.approx([2 / 3, 0.0, 0.0, 0.0])
    vectors[1] = 0.0  # an item without a vector counts for nothing
    assert spread(USERS, ITEMS, vectors, 4) == pytest.approx([1.0, 0.0, 0.0, 0.0])


def test_shares_split_ties_evenly() -> None:
    assert shares(np.array([5.0, 1.0, 5.0, 9.0])) == pytest.approx([0.5, 0.125, 0.5, 0.875])
    assert shares(np.zeros(0)).shape == (0,)


def test_traits_are_places_among_people() -> None:
    ratings = np.array([5.0, 3.0, 4.0, 1.0, 3.0, 3.0])
    found = traits(USERS, ITEMS, 4, ratings=ratings, genres=GENRES)
    assert found.activity == pytest.approx([7 / 8, 5 / 8, 3 / 8, 1 / 8])
    # who deviates least conforms most; person 3 did nothing and is in the middle
    assert found.conformity == pytest.approx([3 / 6, 1 / 6, 5 / 6, 0.5])
    assert found.diversity == pytest.approx([5 / 6, 3 / 6, 1 / 6, 0.5])
    assert len(found.of(np.array([2, 0]))) == 2
    assert found.of(np.array([2, 0])).activity == pytest.approx([3 / 8, 7 / 8])
    unrated = traits(USERS, ITEMS, 4, genres=GENRES)
    assert unrated.conformity == pytest.approx([1 / 6, 3 / 6, 5 / 6, 0.5])


def test_diversity_needs_something_to_tell_items_apart() -> None:
    with pytest.raises(InputError, match="genres of the items, or vectors"):
        traits(USERS, ITEMS, 4)


def test_the_authors_most_active_group_is_active() -> None:
    """Agent4Rec's published groups of its 1,000 people (1 to 3) follow the number of their interactions."""
    folder = data_file("agent4rec-ml1m/user_statistic.csv").parent
    group = np.loadtxt(folder / "user_statistic.csv", delimiter=",", skiprows=1, dtype=int)[:, 1]
    counts = np.zeros(len(group))
    for name in ("train.txt", "valid.txt", "test.txt"):
        for line in (folder / name).read_text("utf-8").splitlines():
            user, *items = line.split()
            counts[int(user)] += len(items)
    users = np.repeat(np.arange(len(group)), counts.astype(int))
    found = shares(activity(users, len(group)))
    means = [found[group == g].mean() for g in (1, 2, 3)]
    assert means == sorted(means)
    assert means[2] - means[0] > 0.3
