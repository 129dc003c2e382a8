"""What a cohort sees, and what one of it sees."""

import numpy as np

from townsquare.protocols import Observations


def test_a_row_leaves_empty_places_out() -> None:
    seen = Observations(
        3, "users", "read", np.array([10, 11]), 2, np.array([[5, -1, 6], [-1, -1, -1]]),
        traits={"threshold": np.array([0.1, 0.2]), "position": np.array([[1.0, 2.0], [3.0, 4.0]])},
        features={"match": np.array([[0.5, 0.0, 0.7], [0.0, 0.0, 0.0]])},
    )  # fmt: skip
    assert len(seen) == 2
    first, second = seen.row(0), seen.row(1)
    assert (first.tick, first.task, first.agent, first.limit, first.items) == (3, "read", 10, 2, (5, 6))
    assert first.features["match"].tolist() == [0.5, 0.7]
    assert first.traits["threshold"] == 0.1
    assert second.traits["position"].tolist() == [3.0, 4.0]
    assert second.items == ()
    assert second.features["match"].tolist() == []
