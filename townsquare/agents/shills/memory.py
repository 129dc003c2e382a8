"""What one fake account remembers, and what of it comes back: by age, by likeness, and by importance."""

from dataclasses import dataclass

import numpy as np

from townsquare.protocols.columns import FloatArray

FADE = 0.95
"""What a memory's recency is multiplied by in each step."""
RECALLED = 5
SUMMED_UP = 5
"""Ratings after which they are summed up in a note."""


@dataclass(frozen=True, slots=True)
class Memory:
    """One rating, or a note on the last few."""

    step: int
    text: str
    vector: FloatArray
    """(d,) of what it is about, of length 1 or 0."""
    feeling: float
    """-1 (hated it) to 1 (loved it)."""
    item: int = -1
    """What was rated; -1 for a note."""

    @property
    def importance(self) -> float:
        """0 to 1: strong feelings stay."""
        return abs(self.feeling)


class Memories:
    """Hybrid retrieval, our reconstruction: score = (0.95^age + cosine + importance) / 3, age in steps.

    After every fifth rating a note sums up what was felt about the five: its vector is their mean, its importance that
    of the strongest of them.
    """

    def __init__(self) -> None:
        self.kept: list[Memory] = []
        self._lately: list[tuple[Memory, str]] = []

    def add(self, memory: Memory, felt: str) -> None:
        """Keep a rating; ``felt`` is what a note will say of it, "" for nothing."""
        self.kept.append(memory)
        self._lately.append((memory, felt))
        if len(self._lately) == SUMMED_UP:
            self._sum_up(memory.step)

    def recall(self, vector: FloatArray, step: int, k: int = RECALLED) -> list[Memory]:
        """The ``k`` of the highest score for a vector of length 1 (or 0), best first; ties go to the newer."""
        if not self.kept:
            return []
        near = np.array([memory.vector for memory in self.kept]) @ vector
        age = step - np.array([memory.step for memory in self.kept])
        weight = np.array([memory.importance for memory in self.kept])
        score = np.round((FADE**age + near + weight) / 3, 6)
        return [self.kept[-1 - place] for place in np.argsort(-score[::-1], kind="stable")[:k]]

    def _sum_up(self, step: int) -> None:
        of, self._lately = self._lately, []
        mean = np.mean([memory.vector for memory, _ in of], axis=0)
        length = float(np.linalg.norm(mean))
        feeling = max((memory.feeling for memory, _ in of), key=abs)
        text = " ".join(felt for _, felt in of if felt)
        if text:
            self.kept.append(Memory(step, text, mean / length if length > 0 else mean, feeling))
