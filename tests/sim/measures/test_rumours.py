"""How far false articles get, by hand."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from townsquare.sim.environments.rumour_feed import Rumours
from townsquare.sim.measures.rumours import rumours


def view(removed: list[int]) -> Any:
    false = np.array([True, False, True, False, True])
    gone = np.isin(np.arange(5), removed)
    return SimpleNamespace(
        rumours=Rumours(false, gone, gone, 3),
        shown=np.array([[0, 1], [1, -1]]),
        clicked=SimpleNamespace(item=np.array([0, 0, 1, 3])),
        active=np.array([1, 2, 4]),
        n_readers=2,
    )


def test_by_hand() -> None:
    assert rumours(view([1, 2])) == {
        "false_shown": pytest.approx(1 / 3),
        "false_clicked": 0.5,
        "disputes_per_user": 1.5,
        "removed_articles": 2.0,
        "removal_precision": 0.5,
        "removal_recall": 0.5,
    }


def test_nothing_removed_has_no_precision() -> None:
    assert np.isnan(rumours(view([]))["removal_precision"])


def test_a_town_without_rumours() -> None:
    assert rumours(SimpleNamespace(rumours=None)) == {}  # type: ignore[arg-type]
