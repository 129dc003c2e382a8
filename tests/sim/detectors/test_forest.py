import numpy as np
import pytest

from tests.sim.detectors.bench import attacked, five_fold_f1, labelled, movielens, said
from townsquare.protocols import Catalogue, InputError, Streams
from townsquare.sim.detectors.forest import Forest
from townsquare.testing import DetectorContract, little_town


class TestForest(DetectorContract):
    name = "forest"
    settings = {"trees": 20}  # noqa: RUF012


def make(**config):
    return Forest(Forest.Config(**config), Streams(0))


@pytest.mark.slow
def test_real_spammers():
    """F1 .860 was measured before, with precision .880 and recall .840."""
    assert five_fold_f1(make, labelled("amazon-spam-labelled")) == pytest.approx(0.86, abs=0.02)


@pytest.mark.slow
def test_average_attack():
    assert five_fold_f1(lambda: make(trees=50), labelled("filmtrust-averageattack")) >= 0.98


def test_attacks_it_never_saw():
    """Learnt from random fillers it knows average ones, but not fakes made of popular items."""
    taught, made = attacked(movielens(), "random", 9), make(trees=50)
    made.learn(taught.log, Catalogue.bare(taught.log.n_items), taught.fake)
    seen = {attack: said(made, attacked(movielens(), attack)).flagged[-50:].mean() for attack in ("average", "popular")}
    assert seen["average"] >= 0.8
    assert seen["popular"] <= 0.1


def test_it_has_to_learn_from_both_kinds_and_needs_ratings():
    log, catalogue = little_town(rated=True)
    with pytest.raises(InputError, match=r"^detector 'forest' learns from labels: call learn"):
        make().inspect(log, catalogue, np.zeros(0, int))
    with pytest.raises(InputError, match="labels of both kinds"):
        make().learn(log, catalogue, np.ones(log.n_users, int))
    likes, _ = little_town()
    with pytest.raises(InputError, match=r"^detector 'forest' needs ratings on a scale"):
        make().learn(likes, catalogue, np.arange(log.n_users) % 2)
