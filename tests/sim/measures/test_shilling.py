"""Measures of a shop under attack."""

import math
from dataclasses import replace

import numpy as np
import pytest

from townsquare.protocols import Scale, Suspicion, Trust
from townsquare.sim.measures.shilling import shilling
from townsquare.sim.measures.shop_view import ShopView

VIEW = ShopView(
    tick=3,
    scale=Scale(1, 5, 4),
    n_customers=3,
    n_shills=2,
    active=np.array([True, False]),
    targets=np.array([7]),
    visitors=np.array([0, 1, 2]),
    shown=np.array([[7, 1], [2, 7], [3, -1]]),
    without=np.array([[5, 1], [2, 7], [3, -1]]),
    fresh=np.array([[True], [False], [True]]),
    opinions=np.array([[1.0, 2.0], [3.0, 4.0], [5.0, np.nan]]),
    opinions_without=np.array([[3.0, 3.0], [3.0, 4.0], [5.0, np.nan]]),
    ratings=np.array([4.0, 2.0]),
    shill_ratings=5,
    refused=1,
    printed=np.linspace(1, 4.5, 8),
    counts=np.arange(8),
    suspicion={"popularity-profile": Suspicion(np.zeros(5), np.array([True, False, False, True, True]))},
    trust=None,
)


def test_exposure_counts_those_who_have_not_rated_the_target():
    found = shilling(VIEW)
    assert found["target_exposure"] == 0.5
    assert found["target_exposure_without"] == 0.0


def test_what_customers_get():
    found = shilling(VIEW)
    assert found["opinion_shown"] == 3.0
    assert found["opinion_shown_without"] == pytest.approx(3.6)
    assert found["rating_given"] == 3.0
    assert (found["target_rating"], found["target_count"]) == (4.5, 7.0)
    assert (found["shill_ratings"], found["ratings_refused"]) == (5.0, 1.0)


def test_detectors_are_judged_on_shills_that_did_something():
    found = shilling(VIEW)
    assert found["noticed_popularity_profile"] == 1.0
    assert found["mistaken_popularity_profile"] == pytest.approx(1 / 3)


def test_trust_is_told_where_there_is_a_defence():
    assert "trust_shills" not in shilling(VIEW)
    found = shilling(replace(VIEW, trust=Trust(np.array([1.0, 0.4, 1.0, 0.25, 1.0]), np.zeros(5))))
    assert (found["trust_shills"], found["trust_customers"]) == (0.25, pytest.approx(0.8))
    assert found["customers_lost"] == pytest.approx(1 / 3)


def test_nobody_there():
    empty = replace(
        VIEW,
        visitors=np.zeros(0, int),
        shown=np.zeros((0, 2), int),
        without=np.zeros((0, 2), int),
        fresh=np.zeros((0, 1), bool),
        opinions=np.zeros((0, 2)),
        opinions_without=np.zeros((0, 2)),
        ratings=np.zeros(0),
        active=np.zeros(2, bool),
    )
    found = shilling(empty)
    assert all(math.isnan(found[name]) for name in ("target_exposure", "opinion_shown", "rating_given"))
    assert math.isnan(found["noticed_popularity_profile"])
