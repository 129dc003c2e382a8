"""How much is clicked and liked, counted the long way."""

from collections import Counter

import numpy as np
import pytest

from townsquare.sim.measures.interaction import interaction
from townsquare.sim.measures.view import TickView


def test_against_counts_of_the_rows(view: TickView) -> None:
    found = interaction(view)
    liked = Counter(view.liked.agent.tolist())
    per_user = np.array([liked[a] for a in range(40)], float)
    assert found["likes_per_user"] == pytest.approx(sum(liked.values()) / 40)
    assert found["clicks_per_user"] == 5
    differences = np.abs(per_user[:, None] - per_user[None, :]).mean()
    assert found["likes_gini_users"] == pytest.approx(differences / (2 * per_user.mean()))
    likes = [int(view.articles["likes"][i]) for i in view.window]
    assert found["likes_per_user_window"] == pytest.approx(sum(likes) / 40)
    assert found["likes_per_article"] == pytest.approx(sum(likes) / len(likes))
    assert found["likes_per_creator"] == pytest.approx(sum(likes) / 7)
    assert sum(liked.values()) > 20


def test_what_likes_are_made_of_adds_up_to_their_utility(view: TickView) -> None:
    found = interaction(view)
    pairs = set(zip(view.liked.agent.tolist(), view.liked.item.tolist(), strict=True))
    rows = [
        i for i, p in enumerate(zip(view.clicked.agent.tolist(), view.clicked.item.tolist(), strict=True)) if p in pairs
    ]
    assert found["like_quality_part"] == pytest.approx(view.quality_part[rows].mean())
    assert found["like_match_part"] == pytest.approx(view.match_part[rows].mean())
    assert found["like_quality_part"] + found["like_match_part"] > 0.3  # above the mean threshold, as likes are


def test_without_likes(loveless: TickView) -> None:
    found = interaction(loveless)
    assert found["likes_per_user"] == found["likes_gini_users"] == found["likes_per_user_window"] == 0
    assert found["clicks_per_user"] == 5
    assert np.isnan([found["like_quality_part"], found["like_match_part"]]).all()
