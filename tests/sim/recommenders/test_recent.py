import numpy as np

from townsquare.protocols import Streams
from townsquare.sim.recommenders.recent import Recent
from townsquare.testing import RecommenderContract, little_town


class TestRecent(RecommenderContract):
    name = "recent"


def test_newest_first_with_ties_to_the_smaller_id():
    made = Recent(Recent.Config(), Streams(0))
    made.fit(*little_town())  # forty items appear in each tick
    slates = made.recommend(np.arange(2), 4, tick=9, candidates=np.array([10, 11, 50, 70, 90]))
    assert slates.items.tolist() == [[90, 50, 70, 10]] * 2
    assert slates.scores[0].tolist() == [2, 1, 1, 0]


def test_what_came_after_the_fit_is_newest():
    made = Recent(Recent.Config(), Streams(0))
    made.fit(*little_town())
    assert made.recommend(np.arange(1), 2, tick=9, candidates=np.array([299, 300])).items.tolist() == [[300, 299]]
