from typing import ClassVar

import numpy as np
import pytest

from tests.sim.recommenders.p1 import quality
from townsquare.protocols import Streams
from townsquare.sim.recommenders.item_knn import ItemKNN
from townsquare.testing import RecommenderContract, little_town


class TestItemKNN(RecommenderContract):
    name = "item-knn"


class TestFewNeighbours(RecommenderContract):
    name = "item-knn"
    settings: ClassVar = {"neighbours": 3, "shrink": 5.0}


def test_scores_are_those_of_the_definition():
    history, catalogue = little_town()
    made = ItemKNN(ItemKNN.Config(neighbours=5, shrink=2.0), Streams(0))
    made.fit(history, catalogue)
    seen = history.matrix().toarray()
    together = seen.T @ seen
    norms = np.sqrt(np.diag(together))
    cosine = together / (np.outer(norms, norms) + 2.0)
    np.fill_diagonal(cosine, 0)
    weights = np.zeros_like(cosine)
    for target in range(len(cosine)):
        kept = np.argsort(-cosine[:, target].round(6), kind="stable")[:5]
        weights[kept, target] = cosine[kept, target]
    users, items = np.unique(history.users), np.unique(history.items)
    expected = (seen @ weights)[users][:, items]
    scores = made.score(users, items, tick=0)
    assert np.where(np.isfinite(scores), scores, 0) == pytest.approx(expected, abs=1e-5)


def test_quality_on_movielens():
    found = quality("item-knn", {"neighbours": 100})
    assert found["recall@20"] == pytest.approx(0.3239, abs=5e-4)
    assert found["ndcg@20"] == pytest.approx(0.3895, abs=5e-4)
