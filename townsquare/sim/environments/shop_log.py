"""Every rating that a shop has, as columns that grow."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.columns import BoolArray, FloatArray, IntArray
from townsquare.protocols.interactions import Interactions, Scale
from townsquare.protocols.texts import pack, unpack

PAST = -1
"""The tick of what was said before the first."""


class ShopLog:
    """Ratings and reviews in the order in which they were given; nobody rates an item twice."""

    def __init__(self, past: Interactions, n_accounts: int) -> None:
        """``past``: what customers said before the first tick."""
        assert past.scale is not None
        self.scale: Scale = past.scale
        self.n_accounts, self.n_items = n_accounts, past.n_items
        n = len(past)
        self.users: IntArray = past.users.astype(np.int32)
        self.items: IntArray = past.items.astype(np.int32)
        self.values: FloatArray = past.values.astype(np.float64)
        self.ticks: IntArray = np.full(n, PAST, np.int32)
        self.texts: NDArray[np.object_] = np.full(n, "", object) if past.texts is None else past.texts.astype(object)
        self.gone: BoolArray = np.zeros(n, bool)
        """Rows that a moderator removed: nobody learns from them, and they are not printed."""
        self.rated: BoolArray = np.zeros((n_accounts, self.n_items), bool)
        self.rated[self.users, self.items] = True
        self._start = n

    def add(self, tick: int, users: IntArray, items: IntArray, values: FloatArray, texts: NDArray[np.object_]) -> None:
        """Rows of one tick; none of these pairs may be there already."""
        self.users = np.concatenate([self.users, users.astype(np.int32)])
        self.items = np.concatenate([self.items, items.astype(np.int32)])
        self.values = np.concatenate([self.values, values])
        self.ticks = np.concatenate([self.ticks, np.full(len(users), tick, np.int32)])
        self.texts = np.concatenate([self.texts, texts])
        self.gone = np.concatenate([self.gone, np.zeros(len(users), bool)])
        self.rated[users, items] = True

    def interactions(self, rows: BoolArray) -> Interactions:
        """The rows where ``rows`` holds, without those that are gone, oldest first."""
        rows = rows & ~self.gone
        texts = self.texts[rows]
        whole = (self.users[rows], self.items[rows], self.values[rows], self.ticks[rows])
        return Interactions(*whole, self.n_accounts, self.n_items, self.scale, texts if (texts != "").any() else None)

    def printed(self) -> tuple[FloatArray, IntArray]:
        """What the shop prints beside each item: (items,) mean rating, five mean ones added, and how many there are."""
        items, values = self.items[~self.gone], self.values[~self.gone]
        counts = np.bincount(items, minlength=self.n_items)
        mean = float(values.mean()) if len(values) else (self.scale.low + self.scale.high) / 2
        total = np.bincount(items, weights=values, minlength=self.n_items)
        return np.round((total + 5 * mean) / (counts + 5), 6), counts

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything since the first tick, as arrays."""
        rows = slice(self._start, None)
        spoken, ends = pack(self.texts[rows].tolist())
        return {
            "log.users": self.users[rows],
            "log.items": self.items[rows],
            "log.values": self.values[rows],
            "log.ticks": self.ticks[rows],
            "log.gone": self.gone[rows],
            "log.texts": spoken,
            "log.ends": ends,
        }

    def load(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Take up where ``state`` was taken; nothing may have been added yet."""
        spoken = unpack(state["log.texts"], state["log.ends"])
        texts = np.full(len(spoken), "", object)
        texts[:] = spoken
        ticks = state["log.ticks"].astype(np.int32)
        self.add(0, state["log.users"], state["log.items"], state["log.values"].astype(np.float64), texts)
        self.ticks[len(self.ticks) - len(ticks) :] = ticks
        self.gone[len(self.gone) - len(ticks) :] = state["log.gone"]
