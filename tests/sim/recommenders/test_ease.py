from dataclasses import replace
from time import process_time
from typing import ClassVar

import numpy as np
import pytest

from tests.sim.recommenders.p1 import quality, split
from townsquare.protocols import Catalogue, InputError, Streams
from townsquare.protocols.unlearning import Forgotten
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


def test_it_forgets_by_correction_what_it_would_otherwise_have_to_learn_anew():
    """Woodbury: the weights of a refit within single precision, again and again, with trust and vanishing items."""
    train, _ = split()
    trust = np.random.default_rng(0).uniform(0.2, 1.0, train.n_users)
    log, catalogue = replace(train, trust=trust), Catalogue.bare(train.n_items)
    made, anew = (Ease(Ease.Config(), Streams(0)) for _ in range(2))
    made.fit(log, catalogue)
    for gone in (np.arange(40), np.arange(100, 110), np.array([500])):
        assert made.forget(gone) == Forgotten(len(gone), exact=True, how="corrected")
        log = log.where(~np.isin(log.users, gone))
    anew.fit(log, catalogue)
    assert np.array_equal(made._occurring.items, anew._occurring.items)
    assert len(made._occurring.items) < train.n_items
    assert np.abs(made._weights - anew._weights).max() < 1e-7


def test_a_few_are_forgotten_faster_than_the_rest_is_learnt():
    train, _ = split()
    made = Ease(Ease.Config(), Streams(0))
    start = process_time()
    made.fit(train, Catalogue.bare(train.n_items))
    learnt = process_time()
    made.forget(np.arange(10))
    assert process_time() - learnt < learnt - start


def test_forgetting_most_is_learning_anew():
    log, catalogue = little_town()
    made, anew = (Ease(Ease.Config(), Streams(0)) for _ in range(2))
    made.fit(log, catalogue)
    assert made.forget(np.arange(20)).users == 20
    anew.fit(log.where(log.users >= 20), catalogue)
    assert np.array_equal(made._weights, anew._weights)
    made.forget(np.arange(30))
    assert not made.knows(np.arange(30), np.arange(300))[1].any()
