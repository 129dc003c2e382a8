"""Lessons one after the other, many at a time: snapshots, and going on in the middle."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from townsquare.agents.choosers.lessons import Learned, Learner, Lesson
from townsquare.agents.choosers.together import together
from townsquare.protocols import durable
from townsquare.protocols.errors import InputError, RunStopped
from townsquare.protocols.memory import MemoryStore
from townsquare.protocols.settings import Settings
from townsquare.protocols.texts import pack, unpack

_FORMAT = 1
_NEVER = -1
"""In ``Record.right``: this round was not reached."""


@dataclass(slots=True)
class Record:
    """What came of the lessons so far, in their order."""

    right: list[tuple[bool, ...]] = field(default_factory=list)
    """Round by round, whether the positive was chosen."""
    calls: list[int] = field(default_factory=list)
    cut: list[int] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    """Why a lesson changed nothing; "" where it did."""

    def __len__(self) -> int:
        return len(self.calls)

    def add(self, learned: Learned) -> None:
        """Take in one more."""
        self.right.append(learned.right)
        self.calls.append(learned.calls)
        self.cut.append(learned.cut)
        self.failed.append(learned.failed)

    def accuracy(self, start: int = 0, stop: int | None = None, turn: int = 0) -> float:
        """Share of right choices in round ``turn`` of some lessons; those that did not get so far are left out."""
        reached = [right[turn] for right in self.right[start:stop] if len(right) > turn]
        return sum(reached) / len(reached) if reached else float("nan")

    @property
    def failures(self) -> int:
        """Lessons that changed nothing."""
        return sum(bool(why) for why in self.failed)


class Training:
    """Takes a learner through its lessons, in order.

    Up to ``batch`` lessons are under way together. A batch ends early where the next lesson concerns an agent that is
    in it already, so that everybody learns from what stood after the lesson before: what comes out does not depend on
    ``batch``. (The authors' code lets lessons of a batch share an item; the last one's text then wins.) Only
    AgentCF++'s circles hear of news batch by batch. A batch is written in the order of its lessons, each lesson whole
    or not at all.

    With a ``folder`` a snapshot is kept there, replaced atomically; the memories' logs hold every earlier state. A
    training that was stopped, or killed, goes on from it, and asks that were recorded since are answered by the
    cassette: it ends with the same memories.
    """

    class Config(Settings):
        """How many at a time, and how often a snapshot is taken."""

        batch: int = Field(default=20, ge=1)
        "Most lessons under way together."
        every: int = Field(default=100, ge=1)
        "Lessons between two snapshots, rounded up to whole batches."

    def __init__(
        self,
        config: Config,
        learner: Learner,
        store: MemoryStore,
        lessons: Sequence[Lesson],
        *,
        folder: Path | None = None,
        identity: str = "",
        settle: Callable[[], None] | None = None,
        after: Callable[[Record], None] | None = None,
    ) -> None:
        """``identity`` says what else decides the outcome (settings, model): a snapshot of another is refused.

        ``settle`` is called when the answers of a batch are in and nothing of it is written yet: a RunStopped that it
        raises (too many failures) leaves the batch to be learned again. ``after`` is called when a batch is written.
        """
        self.config, self.learner, self.store, self.lessons = config, learner, store, lessons
        self.folder, self._settle, self._after, self.record = folder, settle, after, Record()
        if any(lesson.tick != tick for lesson, tick in zip(lessons, count(1), strict=False)):
            raise ValueError("lessons are numbered 1, 2, ... in their order")
        taught = [[x.user, x.positive, x.negative] for x in lessons]
        self._identity = hashlib.sha256(json.dumps([_FORMAT, identity, taught]).encode()).hexdigest()

    @property
    def end(self) -> int:
        """The tick after the last lesson: the time of the test."""
        return len(self.lessons) + 1

    async def run(self) -> Record:
        """All lessons that are left. Raises RunStopped (after a snapshot), and InputError for a foreign snapshot."""
        if not self._resumed():
            self.store.write(self.learner.start())
        saved = len(self.record)
        try:
            while len(self.record) < len(self.lessons):
                done = len(self.record)
                settled = done - done % self.config.batch + 1
                if done and done + 1 == settled:
                    await self.learner.between(settled)
                batch = await together(self.learner.learn(x, settled) for x in self._batch(done))
                if self._settle is not None:
                    self._settle()
                for learned in batch:
                    if learned.entries:
                        self.store.write(learned.entries)
                    self.record.add(learned)
                if self._after is not None:
                    self._after(self.record)
                if len(self.record) - saved >= self.config.every:
                    saved = self._save()
            await self.learner.between(self.end, over=True)
        except RunStopped:
            self._save()
            raise
        self._save()
        return self.record

    def _batch(self, done: int) -> list[Lesson]:
        """The next lessons that concern different agents; never beyond a multiple of ``config.batch``."""
        found, busy = list[Lesson](), set[tuple[str, int]]()
        stop = done - done % self.config.batch + self.config.batch
        for lesson in self.lessons[done:stop]:
            agents = self.learner.touches(lesson)
            if found and busy & agents:
                break
            busy |= agents
            found.append(lesson)
        return found

    def _save(self) -> int:
        """Take a snapshot; how many lessons it holds."""
        if self.folder is None:
            return len(self.record)
        rounds = max((len(right) for right in self.record.right), default=0)
        right = np.full((len(self.record), rounds), _NEVER, np.int8)
        for row, turns in enumerate(self.record.right):
            right[row, : len(turns)] = turns
        texts, ends = pack([self._identity, self.learner.state(), *self.record.failed])
        arrays: dict[str, NDArray[Any]] = {
            "texts": texts,
            "ends": ends,
            "right": right,
            "calls": np.array(self.record.calls, np.int64),
            "cut": np.array(self.record.cut, np.int64),
            **{f"memory/{name}": array for name, array in self.store.state().items()},
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        durable.write(self._path, lambda stream: np.savez_compressed(stream, allow_pickle=False, **arrays))
        return len(self.record)

    def _resumed(self) -> bool:
        """Take up the snapshot, if there is one."""
        if self.folder is None or not self._path.is_file():
            return False
        try:
            with np.load(self._path, allow_pickle=False) as arrays:
                identity, state, *failed = unpack(arrays["texts"], arrays["ends"])
                right = [tuple(bool(x) for x in row if x != _NEVER) for row in arrays["right"]]
                record = Record(right, arrays["calls"].tolist(), arrays["cut"].tolist(), failed)
                memory = {n.removeprefix("memory/"): arrays[n] for n in arrays.files if n.startswith("memory/")}
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise InputError(f"{self._path} is no snapshot of a training that can be read: {error}.") from error
        if identity != self._identity:
            raise InputError(
                f"{self._path} is the snapshot of another training (other data, settings, seed or model): "
                "choose another folder, or remove it."
            )
        self.store.load(memory)
        self.learner.load(state)
        self.record = record
        return True

    @property
    def _path(self) -> Path:
        assert self.folder is not None
        return self.folder / "training.npz"
