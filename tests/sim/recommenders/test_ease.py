from typing import ClassVar

import numpy as np
import pytest

from tests.sim.recommenders.p1 import quality
from townsquare.protocols import InputError, Streams
from townsquare.sim.recommenders.ease import Ease
from townsquare.testing import RecommenderContract, little_town


class TestEase(RecommenderContract):
    name = "ease"
    settings: ClassVar = {"regularisation": 20.0}


def test_weights_solve_the_least_squares_problem():
    """B minimises the penalised error column by column, with its diagonal entry left out."""
    history, catalogue = little_town()
    made = Ease(Ease.Config(regularisation=3.0), Streams(0))
    made.fit(history, catalogue)
    items = np.unique(history.items)
    seen = history.matrix().toarray()[:, items].astype(float)
    target = 4
    others = np.delete(np.arange(len(items)), target)
    gram = seen[:, others].T @ seen[:, others] + 3.0 * np.eye(len(others))
    column = np.linalg.solve(gram, seen[:, others].T @ seen[:, target])
    users = np.unique(history.users)
    scores = made.score(users, items[[target]], tick=0)[:, 0]
    assert scores == pytest.approx(seen[users][:, others] @ column, abs=1e-5)


def test_too_many_items_are_refused():
    made = Ease(Ease.Config(max_items=20), Streams(0))
    with pytest.raises(InputError, match="more than max_items = 20"):
        made.fit(*little_town())


def test_quality_on_movielens():
    found = quality("ease", {"regularisation": 500})
    assert found["recall@20"] == pytest.approx(0.355957, abs=1e-6)
    assert found["ndcg@20"] == pytest.approx(0.437493, abs=1e-6)
    assert found["hr@20"] == pytest.approx(0.975610, abs=1e-6)
    assert found["mrr@20"] == pytest.approx(0.694124, abs=1e-6)
