from time import process_time

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tests.sim.detectors.bench import attacked, labelled, movielens, precision_at_n, said
from townsquare.protocols import Catalogue, Interactions, Streams
from townsquare.sim.detectors.pca import PCAVarSelect
from townsquare.testing import DetectorContract


class TestPCA(DetectorContract):
    name = "pca"


def make(**config):
    return PCAVarSelect(PCAVarSelect.Config(**config), Streams(0))


@pytest.mark.parametrize("n_users", [40, 150])
def test_scores_are_the_loadings_in_the_covariance_of_users(n_users):
    """Against the covariance written out; 40 users are decomposed densely, 150 by Lanczos."""
    rng = np.random.default_rng(0)
    cells = np.sort(rng.choice(n_users * 90, n_users * 20, replace=False))
    values = rng.integers(1, 6, len(cells)).astype(float)
    log = Interactions(cells // 90, cells % 90, values, np.zeros(len(cells), int), n_users, 90)
    table = np.zeros((n_users, 90))
    table[log.users, log.items] = values
    scaled = (table - table.mean(axis=1, keepdims=True)) / table.std(axis=1, keepdims=True)
    vectors = np.linalg.eigh(scaled @ scaled.T)[1][:, -3:]
    scores = make().inspect(log, Catalogue.bare(90), np.zeros(0, int)).scores
    assert scores == pytest.approx(-(vectors**2).sum(axis=1), abs=1e-8)


@pytest.mark.parametrize("attack", ["random", "average", "bandwagon-1"])
def test_random_fillers_are_found(attack):
    for seed in range(3):
        found = attacked(movielens(), attack, seed)
        opinion = said(make(flag=50), found)
        assert found.fake[opinion.flagged].mean() >= 0.85
        assert opinion.flagged.sum() == 50


@pytest.mark.parametrize("attack", ["segment-3", "segment", "popular"])
def test_profiles_that_share_their_items_are_not(attack):
    found = attacked(movielens(), attack)
    assert precision_at_n(said(make(), found).scores, found.fake) <= 0.1


def test_labelled_data():
    """Measured before by others on our behalf: average attack .573 and AUC .957, Amazon .338 and .40."""
    for name, precision, auc in (("filmtrust-averageattack", 0.5733, 0.957), ("amazon-spam-labelled", 0.338, 0.402)):
        found = labelled(name)
        began = process_time()
        scores = said(make(), found).scores
        assert process_time() - began < 3
        assert precision_at_n(scores, found.fake) == pytest.approx(precision, abs=0.002)
        assert roc_auc_score(found.fake, scores) == pytest.approx(auc, abs=0.002)
