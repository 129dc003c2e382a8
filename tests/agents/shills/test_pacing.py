"""When fake ratings are given."""

import numpy as np
import pytest

from townsquare.agents.shills.pacing import Pacing
from townsquare.protocols import InputError, Profiles, Streams


def profiles(counts: list[int]) -> Profiles:
    account = np.repeat(np.arange(len(counts)), counts)
    items = np.concatenate([np.arange(count) for count in counts]) if counts else np.zeros(0, int)
    return Profiles(account, items, np.ones(len(account)), np.full(len(account), 2, np.int8))


@pytest.mark.parametrize("pace", [0.3, 1.0, 4.0, 100.0])
def test_each_row_once_in_the_order_of_its_account(pace: float) -> None:
    made = profiles([7, 0, 30, 1])
    pacing = Pacing(made, 5, pace, Streams(0))
    given = np.concatenate([pacing.due(tick) for tick in range(5, 200)])
    assert sorted(given.tolist()) == list(range(len(made)))
    for account in (0, 2, 3):
        mine = given[made.profile[given] == account]
        assert np.array_equal(mine, np.sort(mine))
    assert len(pacing.due(4)) == 0


def test_as_many_per_tick_as_wanted_and_not_in_step() -> None:
    made = profiles([40] * 25)
    pacing = Pacing(made, 0, 4.0, Streams(0))
    per_tick = np.array([np.bincount(made.profile[pacing.due(tick)], minlength=25) for tick in range(1, 9)])
    assert abs(per_tick.mean() - 4.0) < 0.2
    assert set(per_tick.ravel()) == {3, 4, 5}
    assert set(pacing.ticks[made.profile == 0]) <= set(range(12))


def test_a_tick_does_not_depend_on_those_before_it() -> None:
    made = profiles([9, 12])
    assert np.array_equal(Pacing(made, 3, 2.0, Streams(4)).due(6), Pacing(made, 3, 2.0, Streams(4)).due(6))
    more = profiles([9, 12, 5])
    rows = Pacing(more, 3, 2.0, Streams(4)).due(6)
    assert np.array_equal(rows[more.profile[rows] < 2], Pacing(made, 3, 2.0, Streams(4)).due(6))


def test_nobody_and_nonsense() -> None:
    assert Pacing(Profiles.none(), 0, 1.0, Streams(0)).due(0).shape == (0,)
    with pytest.raises(InputError, match="more than 0 ratings per tick"):
        Pacing(Profiles.none(), 0, 0.0, Streams(0))
