"""Pages for tests."""

from typing import Any

import numpy as np

from townsquare.agents.browsers.page import Page
from townsquare.agents.histories import Traits


def page(n: int = 4, k: int = 3, *, number: int = 1, trait: float = 0.5, **changes: Any) -> Page:
    """n agents, each before items 0 to k - 1 that suit them neither well nor badly."""
    of: dict[str, Any] = {
        "agents": np.arange(n),
        "items": np.tile(np.arange(k), (n, 1)),
        "traits": Traits(*(np.full(n, trait) for _ in range(3))),
        "match": np.zeros((n, k)),
        "quality": np.zeros((n, k)),
        "own": np.full((n, k), np.nan),
        "viewed": np.zeros(n, np.int64),
        "likes": np.zeros(n, np.int64),
    }
    return Page(number, **{**of, **changes})
