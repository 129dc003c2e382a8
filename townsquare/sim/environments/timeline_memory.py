"""What a timeline remembers of the last ticks: what was shown, read and liked."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.columns import IntArray


class TimelineMemory:
    """Timelines, and the members and posts of reads and likes, of the newest tick and ``keep`` before it."""

    def __init__(self, keep: int) -> None:
        self.keep = keep
        self.shown: dict[int, IntArray] = {}
        """tick -> (members, length) post ids, -1 in empty places."""
        self.done: dict[str, dict[int, IntArray]] = {"clicks": {}, "likes": {}}
        """kind -> tick -> (2, n) members and posts, in the order in which it happened."""

    def note(
        self, tick: int, shown: IntArray, clicks: tuple[IntArray, IntArray], likes: tuple[IntArray, IntArray]
    ) -> None:
        """Take in one tick and let go of what is too old."""
        self.shown[tick] = shown.astype(np.int32)
        for kind, pair in (("clicks", clicks), ("likes", likes)):
            self.done[kind][tick] = np.stack(pair).astype(np.int32)
        for held in (self.shown, *self.done.values()):
            for old in [t for t in held if t < tick - self.keep]:
                del held[old]

    def shown_between(self, first: int, end: int, members: int) -> IntArray:
        """(members, m) what each was shown in the ticks first .. end-1."""
        lists = [self.shown[t] for t in sorted(self.shown) if first <= t < end]
        return np.hstack(lists) if lists else np.zeros((members, 0), np.int32)

    def between(self, kind: str, first: int, end: int) -> tuple[IntArray, IntArray, IntArray]:
        """Members, posts and ticks of the clicks or likes of ticks first .. end-1, oldest first."""
        held = self.done[kind]
        ticks = [t for t in sorted(held) if first <= t < end]
        both = np.concatenate([np.zeros((2, 0), np.int32), *(held[t] for t in ticks)], axis=1)
        return both[0], both[1], np.repeat(np.array(ticks, np.int32), [held[t].shape[1] for t in ticks])

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything, as arrays."""
        arrays: dict[str, NDArray[Any]] = {f"shown.{tick}": lists for tick, lists in self.shown.items()}
        for kind, held in self.done.items():
            arrays |= {f"{kind}.{tick}": pairs for tick, pairs in held.items()}
        return arrays

    def load(self, state: Mapping[str, NDArray[Any]]) -> None:
        """The inverse of ``state``."""
        ticks = sorted(int(key.removeprefix("shown.")) for key in state if key.startswith("shown."))
        self.shown = {t: state[f"shown.{t}"] for t in ticks}
        self.done = {kind: {t: state[f"{kind}.{t}"] for t in ticks} for kind in self.done}
