"""What the news town remembers of the last ticks: lists shown, clicks, likes, and who took to whom."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.columns import IntArray


class FeedMemory:
    """Lists, clicks and likes of the newest tick and ``keep`` before it, and all-time counts per (reader, creator)."""

    def __init__(self, n_readers: int, n_creators: int, keep: int) -> None:
        self.keep = keep
        self.shown: dict[int, IntArray] = {}
        """tick -> (readers, length) item ids."""
        self.clicks: dict[int, tuple[IntArray, IntArray]] = {}
        self.likes: dict[int, tuple[IntArray, IntArray]] = {}
        """tick -> readers, items."""
        self.by_author = {name: np.zeros((n_readers, n_creators), np.uint16) for name in ("likes", "clicks")}
        self.means: dict[str, NDArray[np.float32]] = {}
        """Mean content of what each reader was shown, clicked and liked in the last tick; NaN rows for none."""

    def note(
        self,
        tick: int,
        shown: IntArray,
        click_reader: IntArray,
        click_item: IntArray,
        click_author: IntArray,
        like_reader: IntArray,
        like_item: IntArray,
        like_author: IntArray,
    ) -> None:
        """Take in one tick and let go of what is too old; authors are creator numbers 0 .. c-1."""
        self.shown[tick] = shown
        self.clicks[tick] = click_reader.astype(np.int32), click_item.astype(np.int32)
        self.likes[tick] = like_reader.astype(np.int32), like_item.astype(np.int32)
        np.add.at(self.by_author["clicks"], (click_reader, click_author), 1)
        np.add.at(self.by_author["likes"], (like_reader, like_author), 1)
        for old in [t for t in self.shown if t < tick - self.keep]:
            del self.shown[old], self.clicks[old], self.likes[old]

    def shown_between(self, first: int, end: int) -> list[IntArray]:
        """The lists of ticks first .. end-1, oldest first."""
        return [self.shown[t] for t in sorted(self.shown) if first <= t < end]

    def likes_between(self, first: int, end: int) -> tuple[IntArray, IntArray, IntArray]:
        """Readers, items and ticks of the likes of ticks first .. end-1, oldest first."""
        ticks = [t for t in sorted(self.likes) if first <= t < end]
        none = [np.zeros(0, np.int32)]
        readers = np.concatenate(none + [self.likes[t][0] for t in ticks])
        items = np.concatenate(none + [self.likes[t][1] for t in ticks])
        return readers, items, np.repeat(np.array(ticks, np.int32), [len(self.likes[t][0]) for t in ticks])

    def affinity(self, kind: str) -> IntArray:
        """(readers, creators) how often a reader has liked, or clicked, a creator's articles."""
        return self.by_author[kind]

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything, as arrays."""
        arrays: dict[str, NDArray[Any]] = {f"by_author.{name}": a for name, a in self.by_author.items()}
        arrays |= {f"mean.{name}": a for name, a in self.means.items()}
        for tick in self.shown:
            arrays[f"shown.{tick}"] = self.shown[tick]
            arrays[f"clicks.{tick}"] = np.stack(self.clicks[tick])
            arrays[f"likes.{tick}"] = np.stack(self.likes[tick])
        return arrays

    def load(self, state: Mapping[str, NDArray[Any]]) -> None:
        """The inverse of ``state``."""
        self.by_author = {name: state[f"by_author.{name}"] for name in self.by_author}
        self.means = {key.removeprefix("mean."): a for key, a in state.items() if key.startswith("mean.")}
        ticks = sorted(int(key.removeprefix("shown.")) for key in state if key.startswith("shown."))
        self.shown = {t: state[f"shown.{t}"] for t in ticks}
        self.clicks = {t: (state[f"clicks.{t}"][0], state[f"clicks.{t}"][1]) for t in ticks}
        self.likes = {t: (state[f"likes.{t}"][0], state[f"likes.{t}"][1]) for t in ticks}
