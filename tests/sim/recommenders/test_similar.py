import numpy as np
import pytest

from townsquare.protocols import Catalogue, InputError, Interactions, Streams
from townsquare.sim.recommenders.similar import Similar
from townsquare.testing import RecommenderContract, little_town


class TestSimilar(RecommenderContract):
    name = "similar"


def test_cosine_with_the_mean_direction():
    vectors = np.array([[2.0, 0], [0, 9], [1, 1], [-1, 0], [0, 0], [np.nan, 1]])
    nothing = np.zeros(6, np.int32)
    made = Similar(Similar.Config(), Streams(0))
    # agent 0 took to item 0 twice, which counts once, and to item 1; agent 1 only to what has no direction
    history = Interactions(np.array([0, 0, 0, 1]), np.array([0, 1, 0, 4]), np.ones(4), np.zeros(4), 3, 6)
    made.fit(history, Catalogue(nothing, nothing, nothing, vectors))
    slates = made.recommend(np.arange(3), 6, tick=0, candidates=np.arange(6))
    assert slates.items.tolist() == [[2, 0, 1, 3, -1, -1], [-1] * 6, [-1] * 6]
    assert slates.scores[0, :4] == pytest.approx([1, 0.5**0.5, 0.5**0.5, -(0.5**0.5)], abs=1e-5)


def test_items_without_content_are_refused():
    with pytest.raises(InputError, match="content vectors"):
        Similar(Similar.Config(), Streams(0)).fit(little_town()[0], Catalogue.bare(300))
