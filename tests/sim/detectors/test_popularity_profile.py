import numpy as np
import pytest

from tests.sim.detectors.bench import attacked, labelled, movielens, precision_at_n, said
from townsquare.protocols import Catalogue, Interactions, Streams
from townsquare.sim.detectors.popularity_profile import PopularityProfile
from townsquare.testing import DetectorContract


class TestPopularityProfile(DetectorContract):
    name = "popularity-profile"


def make(**config):
    return PopularityProfile(PopularityProfile.Config(**config), Streams(0))


def test_by_hand():
    """Items of 1, 1 and 4 raters fall into bins of 2 and 4 ratings; two users took a rarity as well."""
    users, items = np.array([0, 1, 2, 3, 0, 1]), np.array([2, 2, 2, 2, 0, 1])
    log = Interactions(users, items, np.ones(6), np.zeros(6, int), 4, 3)
    scores = make(bins=2, prior=0).inspect(log, Catalogue.bare(3), np.zeros(0, int)).scores
    mean, halves, hits = np.array([0.25, 0.75]), np.array([0.5, 0.5]), np.array([1e-300, 1.0])

    def js(p):
        middle = (p + mean) / 2
        return ((p * np.log(p / middle)).sum() + (mean * np.log(mean / middle)).sum()) / 2

    assert scores == pytest.approx([js(halves), js(halves), js(hits), js(hits)], abs=1e-8)


@pytest.mark.parametrize("attack", ["random", "average", "bandwagon", "segment", "popular"])
def test_fillers_that_nobody_would_choose_are_found(attack):
    found = attacked(movielens(), attack)
    assert precision_at_n(said(make(), found).scores, found.fake) >= 0.85


def test_fillers_among_the_popular_hide():
    found = attacked(movielens(), "aop")
    assert precision_at_n(said(make(), found).scores, found.fake) <= 0.6


def test_labelled_data():
    found = {name: labelled(name) for name in ("filmtrust-averageattack", "amazon-spam-labelled")}
    precision = [precision_at_n(said(make(), one).scores, one.fake) for one in found.values()]
    assert precision == pytest.approx([0.947, 0.518], abs=0.01)
