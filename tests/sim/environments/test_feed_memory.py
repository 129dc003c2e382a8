"""What the news town remembers, and forgets."""

import numpy as np

from townsquare.sim.environments.feed_memory import FeedMemory


def told(ticks: int = 4, keep: int = 2) -> FeedMemory:
    """Three readers, two creators; in tick t reader 0 clicks article t by creator 0 twice over, reader 2 likes it."""
    memory = FeedMemory(3, 2, keep)
    for t in range(ticks):
        shown = np.full((3, 2), t)
        clicks = np.array([0, 0, 2]), np.array([t, t, t]), np.array([0, 0, 1])
        memory.note(t, shown, *clicks, np.array([2]), np.array([t]), np.array([1]))
    return memory


def test_lists_and_likes_of_the_last_ticks_only() -> None:
    memory = told()
    assert sorted(memory.shown) == sorted(memory.clicks) == sorted(memory.likes) == [1, 2, 3]
    assert [block[0, 0] for block in memory.shown_between(2, 4)] == [2, 3]
    assert memory.clicks[3][1].tolist() == [3, 3, 3]
    assert [block[0, 0] for block in memory.shown_between(2, 3)] == [2]
    users, items, ticks = memory.likes_between(2, 4)
    assert (users.tolist(), items.tolist(), ticks.tolist()) == ([2, 2], [2, 3], [2, 3])
    assert [len(x) for x in memory.likes_between(4, 9)] == [0, 0, 0]


def test_tastes_are_of_all_time() -> None:
    memory = told()
    assert memory.affinity("clicks").tolist() == [[8, 0], [0, 0], [0, 4]]
    assert memory.affinity("likes").tolist() == [[0, 0], [0, 0], [0, 4]]


def test_state_round_trip() -> None:
    memory = told()
    memory.means["like"] = np.full((3, 2), np.nan, np.float32)
    again = FeedMemory(3, 2, 2)
    again.load({name: np.array(a) for name, a in memory.state().items()})
    assert again.state().keys() == memory.state().keys()
    for name, column in memory.state().items():
        assert np.array_equal(column, again.state()[name], equal_nan=column.dtype.kind == "f"), name
    assert [t.tolist() for t in again.likes_between(0, 9)] == [t.tolist() for t in memory.likes_between(0, 9)]


def test_a_tick_in_which_nobody_does_anything() -> None:
    memory, none = FeedMemory(3, 2, 2), np.zeros(0, int)
    memory.note(0, np.full((3, 2), -1), *[none] * 6)
    assert [len(x) for x in memory.likes_between(0, 1)] == [0, 0, 0]
    assert memory.state()["likes.0"].shape == (2, 0)
