from dataclasses import replace
from typing import ClassVar

import numpy as np
import pytest

from tests.datafiles import data_file
from townsquare.protocols import Catalogue, InputError, Interactions, Scale, Streams
from townsquare.sim.recommenders.mf import MF
from townsquare.testing import RecommenderContract, little_town

STARS = Scale(1, 5, liked=4)


class TestMF(RecommenderContract):
    name = "mf"


class TestBiasesAlone(RecommenderContract):
    name = "mf"
    settings: ClassVar = {"factors": 0}


def ratings(users, items, values, n_users=0, n_items=0, **more):
    users, items = np.asarray(users), np.asarray(items)
    n_users, n_items = max(n_users, users.max() + 1), max(n_items, items.max() + 1)
    return Interactions(users, items, np.asarray(values, float), np.zeros(len(users), int), n_users, n_items, **more)


def fitted(log, seed=0, **settings):
    made = MF(MF.Config(**settings), Streams(seed))
    made.fit(log, Catalogue.bare(log.n_items))
    return made


def test_likes_are_no_ratings():
    with pytest.raises(InputError, match="'mf' needs ratings on a scale"):
        fitted(little_town()[0])


def test_too_long_steps_are_told():
    with pytest.raises(InputError, match="with rate = 30 the fit ran away to infinity; take a smaller rate"):
        fitted(little_town(rated=True)[0], rate=30)


def test_a_small_step_is_that_of_the_definition():
    """All ratings in one batch, one epoch: parameters move along the gradient of the penalised squared error."""
    log = ratings([0, 0, 1, 2], [0, 1, 1, 2], [5, 3, 1, 4], scale=STARS)
    before, after = fitted(log, epochs=0, factors=3), fitted(log, epochs=1, factors=3, rate=0.01, regularisation=0.1)
    p, q = before._factors.users[:, 2:], before._factors.items[:, 2:]
    mean = np.mean([5, 3, 1, 4])
    for_p, for_q = np.zeros_like(p), np.zeros_like(q)
    b_u, b_i = np.zeros(3), np.zeros(3)
    for u, i, r in zip(log.users, log.items, log.values, strict=True):
        error = r - mean - p[u] @ q[i]
        for_p[u] += 0.01 * (error * q[i] - 0.1 * p[u])
        for_q[i] += 0.01 * (error * p[u] - 0.1 * q[i])
        b_u[u] += 0.01 * error
        b_i[i] += 0.01 * error
    expected = mean + b_u[:, None] + b_i + (p + for_p) @ (q + for_q).T
    assert after.score(np.arange(3), np.arange(3), tick=0) == pytest.approx(expected, abs=1e-5)


def test_it_learns_from_ratings_who_is_strict_and_what_is_good():
    rng = np.random.default_rng(0)
    strict, good = np.array([-1, 0, 1.0]), np.linspace(-1, 1, 20)
    users, items = np.repeat(np.arange(3), 20), np.tile(np.arange(20), 3)
    log = ratings(users, items, 3 + strict[users] + good[items] + 0.1 * rng.normal(size=60), scale=STARS)
    made = fitted(log, epochs=600, factors=2)
    assert made.predict(users, items) == pytest.approx(log.values, abs=0.3)


def test_predictions_are_the_scores_and_need_not_stay_on_the_scale():
    log, _ = little_town(rated=True)
    made = fitted(log, epochs=200)
    users, items = np.unique(log.users), np.unique(log.items)
    scores = made.score(users, items, tick=0)
    pairs = np.repeat(users, len(items)), np.tile(items, len(users))
    assert made.predict(*pairs) == pytest.approx(scores.ravel(), abs=1e-9)
    assert scores.max() > 5


def test_strangers_are_predicted_by_what_is_known():
    log = ratings([0, 0, 1], [0, 1, 1], [5, 4, 3], n_users=9, n_items=9, scale=STARS)
    made = fitted(log, epochs=50)
    nobody, known = made.predict(np.array([8, 8]), np.array([8, 0]))
    assert nobody == pytest.approx(4.0)
    assert known > 4.1
    assert [found.tolist() for found in made.knows(np.array([1, 8]), np.array([8, 0]))] == [
        [True, False],
        [False, True],
    ]


def test_the_order_of_rows_does_not_matter():
    log, _ = little_town(rated=True)
    order = np.lexsort((log.items, log.users))  # what a user gave the same item twice stays in order
    mixed = replace(log, users=log.users[order], items=log.items[order], values=log.values[order])
    users, items = np.unique(log.users), np.unique(log.items)
    assert np.array_equal(fitted(log).score(users, items, tick=0), fitted(mixed).score(users, items, tick=0))


def test_whoever_counts_for_next_to_nothing_is_as_good_as_left_out():
    log, _ = little_town(rated=True)
    doubted = np.arange(10, 14)
    trust = np.ones(log.n_users)
    trust[doubted] = 1e-7
    without = log.where(~np.isin(log.users, doubted))
    users, items = np.unique(without.users), np.unique(without.items)
    believed, weighed, left_out = (
        fitted(part, epochs=60).score(users, items, tick=0) for part in (log, replace(log, trust=trust), without)
    )
    assert weighed == pytest.approx(left_out, abs=1e-4)
    assert np.abs(believed - left_out).max() > 0.05


def test_the_doubted_are_still_served_by_their_own_ratings():
    log, _ = little_town(rated=True)
    trust = np.ones(log.n_users)
    trust[3] = 0.01
    made = fitted(replace(log, trust=trust), epochs=100)
    own = log.where(log.users == 3)
    assert np.corrcoef(made.predict(own.users, own.items), own.values)[0, 1] > 0.5


def movielens():
    rows = np.loadtxt(data_file("ml-100k/u.data"), np.int64)
    users, items = (np.unique(rows[:, column], return_inverse=True)[1].astype(np.int32) for column in (0, 1))
    return ratings(users, items, rows[:, 2], scale=STARS)


def test_error_on_movielens():
    """Ten ratings of each user held out: 90,570 against 9,430, as in the split behind the .954 of the reference.

    Ours is drawn anew, as that one is not at hand. On the first of these three, steps rating by rating give .9684.
    """
    log = movielens()
    found = []
    for seed in range(3):
        order = np.lexsort((np.random.default_rng(seed).random(len(log)), log.users))
        starts = np.searchsorted(log.users[order], np.arange(log.n_users))
        is_test = np.zeros(len(log), bool)
        is_test[order[starts[:, None] + np.arange(10)]] = True
        test = log.where(is_test)
        made = fitted(log.where(~is_test), seed)
        found.append(np.sqrt(np.mean((made.predict(test.users, test.items) - test.values) ** 2)))
    assert found == pytest.approx([0.9697, 0.9622, 0.9653], abs=0.002)


@pytest.mark.slow
def test_fifty_random_profiles_push_an_item_on_movielens():
    """Reference (five targets, three seeds): shift 1.28, HR@10 .417, spread over targets about .3; here one seed."""
    log = movielens()
    seen = log.matrix().toarray() > 0
    people, things = np.arange(log.n_users), np.arange(log.n_items)
    clean = fitted(log).score(people, things, tick=0)
    shifts, hits = [], []
    for target in (62, 1077, 785, 1419, 1257):
        rng = np.random.default_rng(target)
        others = np.delete(np.arange(log.n_items), target)
        fillers = np.concatenate([rng.choice(others, 36, replace=False) for _ in range(50)])
        values = STARS.nearest(rng.normal(log.values.mean(), log.values.std(), 50 * 36))
        accounts = log.n_users + np.concatenate([np.repeat(np.arange(50), 36), np.arange(50)])
        fakes = ratings(accounts, np.append(fillers, [target] * 50), np.append(values, [5.0] * 50))
        attacked = fitted(log.followed_by(fakes)).score(people, things, tick=0)
        who = ~seen[:, target]
        shifts.append((attacked - clean)[who, target].mean())
        better = (np.where(seen, -np.inf, attacked) > attacked[:, [target]]).sum(axis=1)
        hits.append((better[who] < 10).mean())
    assert 1.0 < np.mean(shifts) < 1.5
    assert 0.2 < np.mean(hits) < 0.6
