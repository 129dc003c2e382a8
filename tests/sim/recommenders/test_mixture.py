from typing import ClassVar

import numpy as np
import pytest

from townsquare.protocols import InputError, Streams, configure, lesson, make
from townsquare.sim.recommenders.mixture import Mixture
from townsquare.testing import AGENTS, CANDIDATES, RecommenderContract, little_town

PARTS = [
    {"name": "item-knn", "share": 0.5, "neighbours": 7},
    {"name": "popular", "share": 0.3},
    {"name": "random", "share": 0.2},
]


class TestMixture(RecommenderContract):
    name = "mixture"
    settings: ClassVar = {"parts": PARTS}


class TestTwiceTheSame(RecommenderContract):
    name = "mixture"
    settings: ClassVar = {"parts": [{"name": "random", "share": 0.5}, {"name": "random", "share": 0.5}]}


def made(parts):
    built = Mixture(configure("recommender", "mixture", {"parts": parts})[1], Streams(0))
    built.fit(*little_town())
    return built


def test_parts_fill_their_places_in_order():
    alone = configure("recommender", "popular", {})
    popular = alone[0](alone[1], Streams(0))
    popular.fit(*little_town())
    mixed = made([{"name": "popular", "share": 0.6}, {"name": "random", "share": 0.4}])
    first = popular.recommend(AGENTS, 6, tick=1, candidates=CANDIDATES).items
    slates = mixed.recommend(AGENTS, 10, tick=1, candidates=CANDIDATES).items
    assert (slates[:, :6] == first).all()
    assert len(np.unique(slates[:, 6:])) > 20


def test_what_a_part_leaves_empty_stays_empty():
    slates = made(PARTS).recommend(AGENTS, 10, tick=1, candidates=CANDIDATES).items
    assert ((slates[-1] >= 0).sum(), (slates[0] >= 0).sum()) == (5, 10)  # the last agent is not known to item-knn


@pytest.mark.parametrize(
    ("shares", "k", "places"),
    [
        ((0.5, 0.3, 0.2), 10, [5, 3, 2]),
        ((0.5, 0.3, 0.2), 3, [1, 1, 1]),
        ((0.5, 0.5), 3, [2, 1]),
        ((1 / 3, 1 / 3, 1 / 3), 3, [1, 1, 1]),
        ((0.1,) * 10, 100, [10] * 10),
        ((0.9, 0.1), 1, [1, 0]),
        ((0.7, 0.3), 0, [0, 0]),
    ],
)
def test_largest_remainders(shares, k, places):
    assert made([{"name": "popular", "share": share} for share in shares]).places(k) == places


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([{"name": "popular", "share": 0.5}], r"must sum to 1, and they sum to 0\.5"),
        ([{"name": "populer", "share": 1.0}], "Did you mean 'popular'"),
        ([{"name": "ease", "share": 1.0, "regularization": 3}], "Did you mean 'regularisation'"),
        ([], "parts"),
    ],
)
def test_mistakes_are_found_when_it_is_configured(parts, message):
    with pytest.raises(InputError, match=message):
        configure("recommender", "mixture", {"parts": parts})


def test_parts_with_a_memory_are_refused(monkeypatch):
    monkeypatch.setattr("townsquare.sim.recommenders.popular.Popular.state", lambda self: {}, raising=False)
    monkeypatch.setattr("townsquare.sim.recommenders.popular.Popular.load", lambda self, state: None, raising=False)
    with pytest.raises(InputError, match="remembers more than its last fit"):
        made([{"name": "popular", "share": 1.0}])


def test_every_part_learns_from_what_it_needs():
    log, catalogue = little_town(rated=True)
    parts = [{"name": "mf", "share": 0.5, "factors": 4}, {"name": "popular", "share": 0.5}]
    mixture = make("recommender", "mixture", {"parts": parts}, Streams(0))
    assert mixture.needs == ("ratings",)
    mixture.fit(lesson(mixture, log), catalogue)
    alone = make("recommender", "popular", {}, Streams(0))
    alone.fit(lesson(alone, log), catalogue)
    agents, candidates = np.arange(5), np.arange(log.n_items)
    ours = mixture.recommend(agents, 4, tick=0, candidates=candidates).items
    first = ours[:, :2]
    theirs = alone.recommend(agents, 2, tick=0, candidates=candidates, exclude=first).items
    assert np.array_equal(ours[:, 2:], theirs)
