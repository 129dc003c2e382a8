from typing import ClassVar

import numpy as np
import pytest

from tests.sim.recommenders.p1 import quality
from townsquare.protocols import Streams
from townsquare.sim.recommenders.gf_cf import GFCF
from townsquare.testing import RecommenderContract, little_town


class TestGFCF(RecommenderContract):
    name = "gf-cf"


class TestFactored(RecommenderContract):
    name = "gf-cf"
    settings: ClassVar = {"dense_items": 0, "rank": 8}


class TestRankTooHigh(RecommenderContract):
    name = "gf-cf"
    settings: ClassVar = {"rank": 1000}


@pytest.mark.parametrize("dense_items", [0, 1000])
def test_scores_are_those_of_the_definition(dense_items):
    history, catalogue = little_town()
    made = GFCF(GFCF.Config(rank=6, alpha=0.7, dense_items=dense_items), Streams(0))
    made.fit(history, catalogue)
    users, items = np.unique(history.users), np.unique(history.items)
    seen = history.matrix().toarray()[users][:, items].astype(float)
    by_item = seen.sum(axis=0)
    normal = seen / np.sqrt(seen.sum(axis=1))[:, None] / np.sqrt(by_item)
    smooth = np.linalg.svd(normal)[2][:6]
    weights = normal.T @ normal + 0.7 * np.diag(by_item**-0.5) @ smooth.T @ smooth @ np.diag(by_item**0.5)
    assert made.score(users, items, tick=0) == pytest.approx(seen @ weights, abs=1e-4)
    assert made.score(users[::2], items[::3], tick=0) == pytest.approx((seen @ weights)[::2, ::3], abs=1e-4)


@pytest.mark.parametrize("dense_items", [0, 6000])
def test_quality_on_movielens(dense_items):
    found = quality("gf-cf", {"rank": 64, "alpha": 0.3, "dense_items": dense_items})
    assert found["recall@20"] == pytest.approx(0.3480, abs=5e-4)
    assert found["ndcg@20"] == pytest.approx(0.4246, abs=5e-4)
