"""Whom the recommender learns about, and MRR of the match places, list by list."""

import numpy as np
import pytest

from townsquare import build
from townsquare.protocols.events import REASON
from townsquare.sim.measures.training import training
from townsquare.sim.measures.view import TickView


def mrr(view: TickView) -> float:
    found = []
    for agent in range(view.n_readers):
        liked = {int(i) for a, i in zip(view.liked.agent, view.liked.item, strict=True) if a == agent}
        match = [i for i, s in zip(view.shown[agent], view.sources[agent], strict=True) if s == REASON["match"]]
        if match:
            hits = [1 / (place + 1) for place, item in enumerate(match[:5]) if item in liked]
            found.append(hits[0] if hits else 0.0)
    return float(np.mean(found)) if found else float("nan")


def test_mrr_list_by_list(view: TickView) -> None:
    found = training(view)["match_mrr@5"]
    assert found == pytest.approx(mrr(view))
    assert 0 < found < 1


def test_shares(view: TickView, tick_before: build.Built) -> None:
    """Whoever liked something that still goes round in the three ticks before tick 6."""
    found = training(view)
    assert found["users_in_training"] == pytest.approx(np.mean(view.trained_readers))
    memory = tick_before.environment.memory.likes
    first = int(view.active[0])
    readers = {int(u) for t in (3, 4, 5) for u, i in zip(*memory[t], strict=True) if i >= first}
    articles = {int(i) for t in (3, 4, 5) for i in memory[t][1] if i >= first}
    assert found["users_in_training"] == pytest.approx(len(readers) / 40)
    assert found["articles_in_training"] == pytest.approx(len(articles) / len(view.active))


def test_without_likes(loveless: TickView) -> None:
    found = training(loveless)
    assert found["users_in_training"] == found["articles_in_training"] == 0
    # nobody has liked anything, so this recommender knows nobody and fills no match place
    assert np.isnan(found["match_mrr@5"])
