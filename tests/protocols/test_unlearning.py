from dataclasses import replace

import numpy as np
import pytest

from townsquare.protocols import Streams, configure
from townsquare.protocols.recommender import lesson
from townsquare.protocols.unlearning import Forgotten, Unlearns, unlearn
from townsquare.testing import little_town

GONE = np.array([4, 21, 4, 28, 999])  # one twice, one who never did anything, one that is not there


def built(name):
    cls, config = configure("recommender", name, {})
    return cls(config, Streams(0))


@pytest.mark.parametrize(
    ("name", "how"), [("ease", "corrected"), ("item-knn", "corrected"), ("gf-cf", "refitted"), ("mf", "refitted")]
)
def test_afterwards_it_is_as_if_they_had_never_been(name, how):
    log, catalogue = little_town(rated=True)
    log = replace(log, trust=np.linspace(0.6, 1.0, log.n_users))
    made, anew = built(name), built(name)
    made.fit(lesson(made, log), catalogue)
    assert unlearn(made, log, catalogue, GONE) == Forgotten(2, exact=True, how=how)
    anew.fit(lesson(anew, log.where(~np.isin(log.users, GONE))), catalogue)
    agents, items = np.arange(log.n_users), np.arange(log.n_items)
    known = made.knows(agents, items)
    assert [mask.tolist() for mask in known] == [mask.tolist() for mask in anew.knows(agents, items)]
    agents, items = agents[known[0]], items[known[1]]
    scores = made.score(agents, items, tick=0)
    assert scores == pytest.approx(anew.score(agents, items, tick=0), abs=1e-6)


def test_who_can_and_who_cannot():
    assert isinstance(built("ease"), Unlearns)
    assert not isinstance(built("gf-cf"), Unlearns)


def test_nobody_to_forget():
    log, catalogue = little_town()
    for name in ("ease", "item-knn", "gf-cf"):
        made = built(name)
        made.fit(log, catalogue)
        before = made.score(np.arange(5), np.unique(log.items), tick=0)
        assert unlearn(made, log, catalogue, np.zeros(0, int)).users == 0
        assert np.array_equal(made.score(np.arange(5), np.unique(log.items), tick=0), before)
