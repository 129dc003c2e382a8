from dataclasses import replace

import numpy as np
import pytest

from tests.sim.detectors.bench import attacked, labelled, movielens
from townsquare.protocols import Catalogue, Interactions, Streams, Suspicion
from townsquare.sim.detectors.group import Group, _Alike, _tail
from townsquare.testing.detector_contract import DetectorContract

NOBODY = np.zeros(0, int)


def inspect(log, **settings) -> Suspicion:
    return Group(Group.Config(**settings), Streams(0)).inspect(log, Catalogue.bare(log.n_items), NOBODY)


def crowd(copies: int, seed: int = 0) -> Interactions:
    """300 people with 12 likes each of 200 items, and ``copies`` accounts with the same 12 as one another."""
    rng = Streams(seed).get("crowd")
    weights = 1 / np.arange(1, 201)
    sets = [rng.choice(200, 12, replace=False, p=weights / weights.sum()) for _ in range(300)]
    sets += [np.r_[np.arange(11), 199]] * copies
    users = np.repeat(np.arange(len(sets)), 12)
    return Interactions(users, np.concatenate(sets), np.ones(len(users)), 0 * users, len(sets), 200)


class TestGroup(DetectorContract):
    name = "group"


def test_copies_are_found_without_ratings():
    found = inspect(crowd(8))
    assert np.flatnonzero(found.flagged).tolist() == list(range(300, 308))
    assert (found.scores[300:] >= 7).all()
    assert found.scores[:300].max() < 1


def test_a_group_has_to_be_large_enough():
    assert not inspect(crowd(4)).flagged.any()
    assert np.flatnonzero(inspect(crowd(4), smallest=4).flagged).tolist() == [300, 301, 302, 303]


def test_likers_of_the_same_hits_are_no_group():
    """The same 12 items, all of them popular: nothing obscure joins the copies."""
    log = crowd(0)
    hits = np.argsort(-np.bincount(log.items), kind="stable")[:12]
    users = np.repeat(np.arange(300, 308), 12)
    fans = Interactions(users, np.tile(hits, 8), np.ones(96), 0 * users, 308, 200)
    assert not inspect(log.followed_by(fans)).flagged.any()


def test_pairs_are_those_of_the_definition():
    log = attacked(movielens(), "segment", profiles=3).log
    log = replace(log.where(log.users > 900))
    pairs = _Alike.of(log).pairs(901, log.n_users, 5)
    rated = [dict(zip(log.items[log.users == u], log.values[log.users == u], strict=True)) for u in range(log.n_users)]
    by_item = [log.values[log.items == item] for item in range(log.n_items)]
    expected = 0
    for one in range(901, log.n_users):
        expected += sum(len(rated[one].keys() & rated[other].keys()) >= 5 for other in range(one + 1, log.n_users))
    assert len(pairs.rows) == expected > 100
    for k in range(0, len(pairs.rows), 37):
        one, other = rated[pairs.rows[k]], rated[pairs.columns[k]]
        common = sorted(one.keys() & other.keys())
        chance = sum(np.mean(by_item[i][:, None] == by_item[i][None, :]) for i in common)
        equal = sum(one[i] == other[i] for i in common)
        spread = np.sqrt(max(chance * (1 - chance / len(common)), 0.25))
        assert pairs.jaccard[k] == pytest.approx(len(common) / len(one.keys() | other.keys()), abs=1e-8)
        assert pairs.surprise[k] == pytest.approx((equal - chance) / spread, abs=2e-4)


def test_the_tail_of_an_exponential_is_its_own():
    values = -np.log(np.linspace(0, 1, 100_001)[1:])
    assert _tail(values, len(values), 0.999) == pytest.approx(-np.log(0.001), rel=0.01)


def test_nothing_in_nothing_out():
    empty = crowd(0).where(np.zeros(3600, bool))
    assert not inspect(empty).flagged.any()
    one = crowd(0).where(crowd(0).users == 3)
    assert not inspect(one).flagged.any()


@pytest.mark.parametrize("attack", ["popular", "segment", "bandwagon"])
@pytest.mark.parametrize("profiles", [10, 47])
def test_movielens(attack, profiles):
    """All fakes, and fewer than 1 % of genuine users."""
    for seed in range(2):
        data = attacked(movielens(), attack, seed, profiles=profiles, fillers=84)
        found = inspect(data.log)
        assert found.flagged[data.fake == 1].all()
        assert found.flagged[data.fake == 0].mean() < 0.01
        assert found.scores[data.fake == 1].min() > found.scores[data.fake == 0].max()


def test_what_it_is_blind_to():
    """Profiles of random items have nothing in common; the docstring says so."""
    data = attacked(movielens(), "random", profiles=47, fillers=84)
    assert not inspect(data.log).flagged.any()


def test_real_people_alone():
    assert not inspect(movielens()).flagged.any()
    assert 0.01 < inspect(movielens(), smallest=3).flagged.mean() < 0.05


def test_amazon():
    """Spammers who work together: few of them are found, but hardly anybody else. Measured: precision .95."""
    data = labelled("amazon-spam-labelled")
    found = inspect(data.log)
    assert data.fake[found.flagged & (data.fake >= 0)].mean() > 0.9
    assert found.flagged[data.fake == 1].mean() > 0.1
    assert found.flagged[data.fake == 0].mean() < 0.01
