"""What agents that learn to choose are taught with: goods, and who took what instead of what."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from townsquare.protocols.memory import Entry


@dataclass(frozen=True, slots=True)
class Goods:
    """What there is to choose from; an item's id is its place in each tuple."""

    titles: tuple[str, ...]
    categories: tuple[str, ...]
    """Free text, "" where unknown."""
    domains: tuple[str, ...]
    """Which domain each item belongs to; the same for all where there is only one."""

    def __len__(self) -> int:
        return len(self.titles)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One interaction: ``user`` took ``positive``; ``negative`` is what they are asked to tell it from."""

    tick: int
    """Its place in the order of lessons, from 1; tick 0 is what everybody starts with."""
    user: int
    positive: int
    negative: int


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of one lesson."""

    lesson: Lesson
    entries: tuple[Entry, ...] = ()
    """What the memories take in, all of it or nothing; empty for a lesson that failed."""
    right: tuple[bool, ...] = ()
    """Round by round, whether the positive was chosen."""
    calls: int = 0
    """Asks it took, repairs not counted."""
    cut: int = 0
    """Texts that were too long even when asked again, and were cut at the limit."""
    failed: str = ""
    """What went wrong, for a lesson that left all memories as they were; else ""."""


class Learner(Protocol):
    """A method of learning from lessons. It only reads memories; ``Training`` writes what was learned."""

    def start(self) -> Sequence[Entry]:
        """What everybody knows before the first lesson (tick 0)."""

    def touches(self, lesson: Lesson) -> frozenset[tuple[str, int]]:
        """The agents whose memories a lesson reads or writes, as (kind, id)."""

    async def learn(self, lesson: Lesson, settled: int) -> Learned:
        """One lesson. Lessons at ticks before ``settled`` are in all memories; shared memories are read up to there.

        Raises RunStopped only.
        """

    async def between(self, settled: int, *, over: bool = False) -> None:
        """What has to be done between two full batches, or (``over``) after the last lesson."""

    def state(self) -> str:
        """What it holds besides memories, as text for a snapshot."""

    def load(self, state: str) -> None:
        """Hold what ``state`` held."""
