"""What a timeline remembers."""

import numpy as np

from townsquare.sim.environments.timeline_memory import TimelineMemory


def filled() -> TimelineMemory:
    memory = TimelineMemory(keep=2)
    for tick in range(5):
        pair = np.array([0, 1]), np.array([tick, tick + 1])
        memory.note(tick, np.full((2, 3), tick), pair, (pair[0][:1], pair[1][:1]))
    return memory


def test_old_ticks_are_forgotten():
    memory = filled()
    assert memory.shown_between(0, 9, 2).tolist() == [[2, 2, 2, 3, 3, 3, 4, 4, 4]] * 2
    assert memory.shown_between(7, 9, 2).shape == (2, 0)


def test_deeds_come_oldest_first_with_their_ticks():
    users, items, ticks = filled().between("clicks", 3, 5)
    assert (users.tolist(), items.tolist(), ticks.tolist()) == ([0, 1, 0, 1], [3, 4, 4, 5], [3, 3, 4, 4])
    assert filled().between("likes", 4, 5)[1].tolist() == [4]
    assert len(filled().between("likes", 9, 12)[0]) == 0


def test_the_state_brings_everything_back():
    memory, fresh = filled(), TimelineMemory(keep=2)
    fresh.load(memory.state())
    assert fresh.shown_between(0, 9, 2).tolist() == memory.shown_between(0, 9, 2).tolist()
    assert fresh.between("clicks", 0, 9)[1].tolist() == memory.between("clicks", 0, 9)[1].tolist()
