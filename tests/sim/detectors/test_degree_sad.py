import numpy as np
import pytest

from tests.sim.detectors.bench import attacked, five_fold_f1, labelled, movielens, said
from townsquare.protocols import Catalogue, InputError, Streams
from townsquare.sim.detectors.degree_sad import DegreeSAD
from townsquare.testing import DetectorContract, little_town


class TestDegreeSAD(DetectorContract):
    name = "degree-sad"


def make(**config):
    return DegreeSAD(DegreeSAD.Config(**config), Streams(0))


@pytest.mark.parametrize(
    ("name", "mean", "low", "high"),
    [
        ("filmtrust-averageattack", "mean", 0.92, 0.97),
        ("filmtrust-averageattack", "sum", 0.85, 0.92),
        ("amazon-spam-labelled", "mean", 0.65, 0.75),
        ("amazon-spam-labelled", "sum", 0.69, 0.75),
    ],
)
def test_labelled_data(name, mean, low, high):
    assert low <= five_fold_f1(lambda: make(mean=mean), labelled(name)) <= high


def test_attacks_it_never_saw():
    """Learnt from random fillers it knows average ones, but popular items look genuine to it."""
    taught, made = attacked(movielens(), "random", 9), make()
    made.learn(taught.log, Catalogue.bare(taught.log.n_items), taught.fake)
    seen = {attack: said(made, attacked(movielens(), attack)).flagged[-50:].mean() for attack in ("average", "popular")}
    assert seen["average"] >= 0.9
    assert seen["popular"] <= 0.1


def test_it_has_to_learn_from_both_kinds():
    log, catalogue = little_town()
    with pytest.raises(InputError, match=r"^detector 'degree-sad' learns from labels: call learn"):
        make().inspect(log, catalogue, np.zeros(0, int))
    with pytest.raises(InputError, match="labels of both kinds"):
        make().learn(log, catalogue, np.zeros(log.n_users, int))
