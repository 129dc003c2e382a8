import numpy as np
import pytest

from tests.sim.recommenders.p1 import quality
from townsquare.protocols import Streams
from townsquare.sim.recommenders.random import Random
from townsquare.testing import RecommenderContract


class TestRandom(RecommenderContract):
    name = "random"


def slates(seed=0, n_agents=4000, k=5, n_candidates=200, exclude=None, tick=1):
    made = Random(Random.Config(), Streams(seed))
    candidates = np.arange(n_candidates, dtype=np.int32) * 3
    return made.recommend(np.arange(n_agents), k, tick=tick, candidates=candidates, exclude=exclude).items


@pytest.mark.parametrize("n_candidates", [8, 12, 200])
def test_every_candidate_is_equally_likely_in_every_place(n_candidates):
    shown = slates(n_agents=20_000, k=4, n_candidates=n_candidates) // 3
    expected = len(shown) / n_candidates
    for place in range(4):
        counts = np.bincount(shown[:, place], minlength=n_candidates)
        chi2 = ((counts - expected) ** 2 / expected).sum()
        assert chi2 < n_candidates + 5 * np.sqrt(2 * n_candidates)


def test_exclusion_is_filled_up_with_others():
    exclude = np.tile(np.arange(100, dtype=np.int32) * 3, (4000, 1))
    shown = slates(exclude=exclude)
    assert (shown >= 300).all()


def test_few_left_are_all_shown():
    exclude = np.tile(np.arange(1000, dtype=np.int32) * 3, (50, 1))
    exclude[:, [7, 500, 999]] = -1
    shown = slates(n_agents=50, k=5, n_candidates=1000, exclude=exclude)
    assert (np.sort(shown, axis=1) == [-1, -1, 21, 1500, 2997]).all()


def test_ticks_and_seeds_and_agents_differ():
    assert (slates(tick=1) != slates(tick=2)).any(axis=1).mean() > 0.95
    assert (slates(seed=1) != slates(seed=2)).any(axis=1).mean() > 0.95
    assert len(np.unique(slates(), axis=0)) > 3900


def test_chance_on_movielens():
    # 21 held out of 1,560 unseen on average: chance is near .0135 for each
    assert quality("random")["recall@20"] == pytest.approx(0.0131, abs=0.003)
