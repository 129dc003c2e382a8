"""Hybrid retrieval."""

import numpy as np
import pytest

from townsquare.agents.shills.memory import Memories, Memory

EAST, NORTH = np.array([1.0, 0.0]), np.array([0.0, 1.0])


def kept(*memories: Memory) -> Memories:
    found = Memories()
    found.kept = list(memories)
    return found


def test_the_score_is_the_mean_of_recency_cosine_and_importance() -> None:
    """By hand, at step 10: old but near (.95^10 + 1 + 0) / 3, new (.95 + 0 + 0) / 3, dear (.95^5 + 0 + 1) / 3."""
    near, new, dear = (
        Memory(0, "near", EAST, 0.0, 1),
        Memory(9, "new", NORTH, 0.0, 2),
        Memory(5, "dear", NORTH, -1.0, 3),
    )
    scores = {"near": 0.95**10 + 1, "new": 0.95, "dear": 0.95**5 + 1}
    assert sorted(scores, key=lambda name: -scores[name]) == ["dear", "near", "new"]
    found = kept(near, new, dear).recall(EAST, 10)
    assert [memory.text for memory in found] == ["dear", "near", "new"]
    assert [memory.text for memory in kept(near, new, dear).recall(EAST, 10, k=1)] == ["dear"]
    assert kept().recall(EAST, 10) == []


def test_of_equals_the_newer_comes_first() -> None:
    one, two = Memory(4, "one", EAST, 0.5), Memory(4, "two", EAST, 0.5)
    assert [memory.text for memory in kept(one, two).recall(EAST, 5)] == ["two", "one"]


def test_every_fifth_rating_is_followed_by_a_note() -> None:
    memories = Memories()
    for step in range(12):
        memories.add(Memory(step, f"rating {step}", EAST if step % 2 else NORTH, step / 20, step), f"felt {step}.")
    notes = [memory for memory in memories.kept if memory.item < 0]
    assert [note.step for note in notes] == [4, 9]
    assert notes[0].text == "felt 0. felt 1. felt 2. felt 3. felt 4."
    assert notes[0].importance == pytest.approx(0.2)
    assert np.allclose(notes[0].vector, np.array([2, 3]) / np.sqrt(13))


def test_who_felt_nothing_notes_nothing() -> None:
    memories = Memories()
    for step in range(5):
        memories.add(Memory(step, "rating", EAST, 0.0, step), "")
    assert len(memories.kept) == 5
