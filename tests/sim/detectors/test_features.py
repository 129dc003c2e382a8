from time import process_time

import numpy as np
import pytest

from tests.sim.detectors.bench import attacked, movielens, precision_at_n
from townsquare.protocols import Interactions, Scale
from townsquare.sim.detectors import features as module
from townsquare.sim.detectors.features import FEATURES, degree_of_similarity, features
from townsquare.sim.detectors.rated import Rated


def log_of(seed=0, n_users=14, n_items=20):
    """Users 3 and 13 have no rows; user 5 rates all alike."""
    rng = np.random.default_rng(seed)
    users, items = np.nonzero(rng.random((n_users, n_items)) < 0.6)
    keep = ~np.isin(users, (3, 13))
    users, items = users[keep], items[keep]
    values = np.where(users == 5, 4.0, rng.integers(1, 6, len(users)))
    return Interactions(users, items, values, np.zeros(len(users), int), n_users, n_items, Scale(1, 5, 4))


def by_hand(log, neighbours):
    """The definitions, user by user."""
    mine = [dict(zip(log.items[log.users == u], log.values[log.users == u], strict=True)) for u in range(log.n_users)]
    crowd = {i: sum(i in one for one in mine) for i in range(log.n_items)}
    mean = {i: np.mean([one[i] for one in mine if i in one]) for i in range(log.n_items) if crowd[i]}
    sizes = np.array([len(one) for one in mine if one])
    for u, one in enumerate(mine):
        if not one:
            yield np.zeros(11)
            continue
        off = {i: abs(r - mean[i]) for i, r in one.items()}
        wda = sum(off[i] / crowd[i] for i in one)
        alike = []
        for v, other in enumerate(mine):
            both = sorted(set(one) & set(other))
            a, b = np.array([one[i] for i in both]), np.array([other[i] for i in both])
            if v != u and other:
                alike.append(np.corrcoef(a, b)[0, 1] if len(both) >= 5 and a.std() and b.std() else 0.0)
        counts = sorted(crowd[i] for i in one)
        share = np.unique(list(one.values()), return_counts=True)[1] / len(one)
        best = [r for r in one.values() if r == max(one.values())]
        rest = {i: r for i, r in one.items() if r < max(one.values())}
        yield np.array(
            [
                wda / len(one),
                sum(off[i] / crowd[i] ** 2 for i in one) / len(one),
                wda,
                np.mean(sorted(alike)[-neighbours:]),
                abs(len(one) - sizes.mean()) / ((sizes - sizes.mean()) ** 2).sum(),
                np.mean(counts),
                counts[-1] - counts[0],
                counts[(len(one) - 1) // 4],
                -(share * np.log(share)).sum(),
                abs(np.mean(best) - np.mean(list(rest.values()))) if rest else 0.0,
                np.mean([off[i] ** 2 for i in rest]) if rest else 0.0,
            ]
        )


@pytest.mark.parametrize("neighbours", [4, 25])
def test_the_definitions(neighbours):
    log = log_of()
    found = features(Rated.of(log), neighbours)
    for column, wanted in zip(FEATURES, np.transpose(list(by_hand(log, neighbours))), strict=True):
        assert found[:, FEATURES.index(column)] == pytest.approx(wanted, abs=1e-9), column


def test_blocks_of_users_change_nothing(monkeypatch):
    rated = Rated.of(log_of())
    whole = degree_of_similarity(rated, 4)
    monkeypatch.setattr(module, "_CELLS", 40)
    assert degree_of_similarity(rated, 4).tolist() == whole.tolist()


def test_of_a_repeated_pair_the_last_counts():
    log = log_of()
    again = Interactions(
        np.r_[log.users[:9], log.users],
        np.r_[log.items[:9], log.items],
        np.r_[6 - log.values[:9], log.values],
        np.zeros(len(log) + 9, int),
        log.n_users,
        log.n_items,
        log.scale,
    )
    assert features(Rated.of(again)).tolist() == features(Rated.of(log)).tolist()


def test_nothing_and_nobody():
    nothing = log_of().where(np.zeros(len(log_of()), bool))
    assert not features(Rated.of(nothing)).any()


def test_movielens_quickly_and_what_two_features_tell():
    """RDMA sees fillers of an unpopular kind, DegSim profiles that share theirs; neither sees what the other does."""
    found = {attack: attacked(movielens(), attack, fillers=84) for attack in ("random", "popular")}
    began = process_time()
    table = {attack: features(Rated.of(one.log)) for attack, one in found.items()}
    assert process_time() - began < 2
    precision = {(a, f): precision_at_n(table[a][:, f], found[a].fake) for a in found for f in (0, 3)}
    assert precision["random", 0] >= 0.75
    assert precision["popular", 0] <= 0.1
    assert precision["random", 3] <= 0.1
    assert precision["popular", 3] >= 0.9
