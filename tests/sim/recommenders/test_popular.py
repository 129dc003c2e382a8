from typing import ClassVar

import numpy as np
import pytest

from tests.sim.recommenders.p1 import quality
from townsquare.protocols import Catalogue, Interactions, Streams
from townsquare.sim.recommenders.popular import Popular
from townsquare.testing import RecommenderContract


class TestPopular(RecommenderContract):
    name = "popular"


class TestFading(RecommenderContract):
    name = "popular"
    settings: ClassVar = {"half_life": 2.0}


def best(k=4, **settings):
    made = Popular(Popular.Config(**settings), Streams(0))
    items = np.array([2, 2, 2, 1, 1, 3, 3])
    ticks = np.array([0, 0, 0, 4, 4, 5, 5])
    made.fit(Interactions(np.arange(7), items, np.ones(7), ticks, 7, 5), Catalogue.bare(5))
    slates = made.recommend(np.arange(2), k, tick=6, candidates=np.arange(5))
    return slates.items[1].tolist(), slates.scores[1]


def test_counts_with_ties_to_the_smaller_id():
    items, scores = best(5)
    assert items == [2, 1, 3, 0, 4]
    assert scores.tolist() == [3, 2, 2, 0, 0]


def test_likes_fade():
    items, scores = best(half_life=1.0)
    assert items == [3, 1, 2, 0]
    assert scores == pytest.approx([2, 1, 3 / 32, 0])


def test_quality_on_movielens():
    assert quality("popular")["recall@20"] == pytest.approx(0.1660, abs=5e-4)
    assert quality("popular")["ndcg@20"] == pytest.approx(0.2133, abs=5e-4)
