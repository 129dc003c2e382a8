from typing import ClassVar

import numpy as np
from townsquare_editors_pick.freshest_likes import FreshestLikes

from townsquare.protocols import Catalogue, Interactions, Streams
from townsquare.testing import RecommenderContract


class TestFreshestLikes(RecommenderContract):
    name = "freshest-likes"


class TestChoosy(RecommenderContract):
    name = "freshest-likes"
    settings: ClassVar = {"at_least": 3}


def test_latest_like_first_then_most_likes() -> None:
    items, ticks = np.array([3, 3, 1, 2, 2, 0]), np.array([0, 1, 5, 2, 5, 2])
    made = FreshestLikes(FreshestLikes.Config(), Streams(0))
    made.fit(Interactions(np.arange(6), items, np.ones(6), ticks, 6, 5), Catalogue.bare(5))
    slates = made.recommend(np.arange(1), 5, tick=6, candidates=np.arange(5))
    assert slates.items.tolist() == [[2, 1, 0, 3, -1]]
