"""What is withheld, as arrays."""

import numpy as np

from townsquare.sim.environments.barred import Barred
from townsquare.sim.scenarios.feed import Withheld


def barred(*entries: tuple[int, int | None], end: int = 100) -> Barred:
    return Barred([Withheld(item=item, agent=agent) for item, agent in entries], end)


def test_a_row_per_agent_with_what_is_common_first() -> None:
    made = barred((9, None), (4, None), (9, None), (7, 3), (2, 3), (7, 3), (5, 6), (4, 6))
    assert made
    assert made.of(np.array([2, 3, 5, 6, 8])).tolist() == [
        [4, 9, -1, -1],
        [4, 9, 2, 7],
        [4, 9, -1, -1],
        [4, 9, 5, -1],
        [4, 9, -1, -1],
    ]
    assert made.of(np.array([0, 1])).tolist() == [[4, 9]] * 2
    assert made.of(np.zeros(0, np.int64)).shape[0] == 0


def test_nothing_takes_no_column() -> None:
    assert not barred()
    assert barred().of(np.arange(5)).shape == (5, 0)


def test_what_does_not_exist_is_left_out() -> None:
    made = barred((9, None), (8, 2), end=8)
    assert not made
    assert barred((7, 2), (8, 2), end=8).of(np.array([2])).tolist() == [[7]]
