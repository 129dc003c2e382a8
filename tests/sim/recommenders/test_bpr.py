from typing import ClassVar

import numpy as np
import pytest

from tests.sim.recommenders.p1 import quality
from townsquare.protocols import Catalogue, Interactions, Streams
from townsquare.sim.recommenders.bpr import BPR
from townsquare.testing import RecommenderContract, little_town

MOVIELENS = {"factors": 64, "epochs": 30, "regularisation": 0.015}


class TestBPR(RecommenderContract):
    name = "bpr"


class TestOneFactor(RecommenderContract):
    name = "bpr"
    settings: ClassVar = {"factors": 1, "epochs": 1, "batches": 1000}


def test_it_learns_whose_taste_is_whose():
    history, catalogue = little_town()
    made = BPR(BPR.Config(), Streams(0))
    made.fit(history, catalogue)
    users, items = np.unique(history.users), np.unique(history.items)
    scores = made.score(users, items, tick=0)
    same = (users % 4)[:, None] == (items % 4)
    unseen = history.matrix().toarray()[users][:, items] == 0
    assert scores[same & unseen].mean() > scores[~same & unseen].mean() + 0.3


def test_whoever_took_to_everything_teaches_nothing():
    everything = np.repeat(np.arange(2), 3), np.tile(np.arange(3), 2)
    made = BPR(BPR.Config(), Streams(0))
    made.fit(Interactions(*everything, np.ones(6), np.zeros(6, int), 2, 3), Catalogue.bare(3))
    assert np.isfinite(made.score(np.arange(2), np.arange(3), tick=0)).all()


def test_a_fit_follows_from_seed_and_arguments():
    made = BPR(BPR.Config(), Streams(0))
    users, items = np.unique(little_town()[0].users), np.unique(little_town()[0].items)
    made.fit(*little_town())
    first = made.score(users, items, tick=0)
    made.fit(*little_town(1))
    made.fit(*little_town())
    assert (made.score(users, items, tick=0) == first).all()
    other = BPR(BPR.Config(), Streams(1))
    other.fit(*little_town())
    assert (other.score(users, items, tick=0) != first).any()


@pytest.mark.parametrize("settings", [{}, MOVIELENS], ids=["default", "movielens"])
def test_quality_on_movielens(settings):
    found = quality("bpr", settings)
    better = 0.015 if settings else 0.0
    assert found["recall@20"] > 0.33 + better
    assert found["ndcg@20"] > 0.39 + better
