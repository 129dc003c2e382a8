"""The posts of a timeline: columns that grow tick by tick."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.catalogue import Catalogue
from townsquare.protocols.columns import NOBODY, FloatArray, IntArray
from townsquare.protocols.texts import pack, unpack

_COLUMNS: dict[str, type[np.generic]] = {
    "author": np.int32,
    "born": np.int32,
    "stance": np.float64,
    "harm": np.float64,
    "parent": np.int32,
    "root": np.int32,
    "key": np.uint64,
    "aside": np.bool_,
    "counter": np.bool_,
    "gone": np.bool_,
    "shown": np.int64,
    "clicks": np.int64,
    "likes": np.int64,
    "replies": np.int64,
    "countered": np.int64,
    "answered": np.int64,
    "quality": np.float64,
}
PROPOSITION = 0
"""The item that says what opinions are about; nobody's post, and never shown."""


class TimelinePosts:
    """Everything posted so far. A post's id is its row, and row 0 is the proposition.

    Columns: ``author``; ``born``, the tick; ``stance`` and ``harm`` in [0, 1]; ``parent``, the post it answers or -1;
    ``root``, the post its thread began with; ``key``, what random draws about it hang on; ``aside``: only seen below
    its parent (a bot's answer); ``counter``: speaks against a harmful post; ``gone``: taken off by a moderator; how
    often it was ``shown``, read (``clicks``) and liked; ``replies`` to it by members; ``countered``: answers by bots;
    ``answered``: counterspeech by members; ``quality`` of a bot's answer below it, 1 where there is none. Texts are
    kept while a post goes round.
    """

    def __init__(self, proposition: str, keep: int) -> None:
        """``keep``: ticks before the present one whose texts are still wanted."""
        self.keep = keep
        self.columns: dict[str, NDArray[Any]] = {name: np.zeros(1, kind) for name, kind in _COLUMNS.items()}
        for name in ("author", "born", "parent"):
            self.columns[name][:] = NOBODY
        self.columns["stance"][:] = 1.0
        self.columns["aside"][:] = True
        self.columns["quality"][:] = 1.0
        self.texts: dict[int, str] = {PROPOSITION: proposition}
        self.children: dict[int, list[int]] = {}
        """Posts in circulation -> the bots' answers below them."""

    def __len__(self) -> int:
        return len(self.columns["author"])

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.columns[name]

    def add(
        self,
        tick: int,
        author: IntArray,
        stance: FloatArray,
        harm: FloatArray,
        parent: IntArray,
        text: Sequence[str],
        *,
        seat: IntArray,
        aside: bool = False,
        counter: NDArray[np.bool_] | None = None,
        quality: FloatArray | None = None,
    ) -> IntArray:
        """Put up, in order; returns the new ids.

        Args:
            tick: when.
            author: (n,) agent ids.
            stance: (n,) in [0, 1].
            harm: (n,) in [0, 1].
            parent: (n,) the post that each answers, -1 for none.
            text: (n,) what it says.
            seat: (n,) what an author's draws hang on: below 2^26 and, within a kind of author, the same in every arm.
            aside: whether these are only seen below what they answer.
            counter: (n,) which of them speak against a harmful post; None for none.
            quality: (n,) how good what bots say is, from 0 to 1; noted with what they answer.
        """
        n, start = len(author), len(self)
        against = np.zeros(n, bool) if counter is None else counter
        # the key names the n-th post of an author in a tick, so that it survives another arm's extra posts
        before = self.columns["author"][self.columns["born"] == tick]
        ordinal = _ordinal(np.concatenate([before, author]))[len(before) :]
        ids, held = np.arange(start, start + n), parent >= 0
        key = (np.uint64(tick) << np.uint64(40)) + (seat.astype(np.uint64) << np.uint64(12)) + ordinal
        new: dict[str, Any] = dict.fromkeys(_COLUMNS, np.zeros(n)) | {
            "author": author,
            "born": np.full(n, tick),
            "stance": stance,
            "harm": harm,
            "parent": parent,
            "root": np.where(held, self.columns["root"][np.maximum(parent, 0)], ids),
            "key": key,
            "aside": np.full(n, aside),
            "counter": against,
            "quality": np.ones(n),
        }
        for name, kind in _COLUMNS.items():
            self.columns[name] = np.concatenate([self.columns[name], np.asarray(new[name]).astype(kind)])
        self.count("countered" if aside else "replies", parent[held])
        self.count("answered", parent[held & against])
        for item, below in zip(ids[held].tolist(), parent[held].tolist(), strict=True) if aside else ():
            self.children.setdefault(below, []).append(item)
        if quality is not None:
            self.columns["quality"][parent[held]] = quality[held]
        self.texts |= dict(zip(ids.tolist(), text, strict=True))
        return ids

    def forget(self, tick: int) -> None:
        """Let go of the texts of posts that went round long before ``tick``."""
        oldest = int(np.searchsorted(self.columns["born"][1:], tick - self.keep)) + 1
        self.texts = {item: text for item, text in self.texts.items() if item >= oldest or item == PROPOSITION}
        self.children = {item: below for item, below in self.children.items() if item >= oldest}

    def between(self, first: int, end: int) -> IntArray:
        """Ids of the posts born in the ticks first .. end-1, oldest first."""
        born = self.columns["born"]
        low, high = np.searchsorted(born[1:], [first, end]) + 1
        return np.arange(low, high)

    def going_round(self, first: int, end: int) -> IntArray:
        """Those of them that may be put before members: neither removed nor only seen below another."""
        ids = self.between(first, end)
        return ids[~(self.columns["gone"][ids] | self.columns["aside"][ids])]

    def column(self, name: str, items: IntArray) -> Any:
        """A column's values for any shape of ids; those of empty places (-1) are those of the proposition."""
        return self.columns[name][np.maximum(items, 0)]

    def catalogue(self, end: int) -> Catalogue:
        """What a recommender may look at of the posts before id ``end``: their content is stance and harm."""
        author, born, key = (self.columns[name][:end] for name in ("author", "born", "key"))
        vectors = np.stack([self.columns["stance"][:end], self.columns["harm"][:end]], axis=1).astype(np.float32)
        return Catalogue(author, born, np.full(end, -1, np.int32), vectors, key)

    def count(self, name: str, items: IntArray) -> None:
        """Add one to a counter for every occurrence in ``items``; -1 is passed over."""
        there = np.asarray(items)[np.asarray(items) >= 0].astype(np.int64)
        self.columns[name] = self.columns[name] + np.bincount(there, minlength=len(self))

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything, as arrays."""
        texts, ends = pack(list(self.texts.values()))
        rest: dict[str, NDArray[Any]] = {
            "texts": texts,
            "text_ends": ends,
            "text_items": np.array(list(self.texts), np.int64),
        }
        return {f"posts.{name}": column for name, column in (self.columns | rest).items()}

    def load(self, state: Mapping[str, NDArray[Any]]) -> None:
        """The inverse of ``state``."""
        self.columns = {name: state[f"posts.{name}"].astype(kind) for name, kind in _COLUMNS.items()}
        texts = unpack(state["posts.texts"], state["posts.text_ends"])
        self.texts = dict(zip(state["posts.text_items"].tolist(), texts, strict=True))
        self.children = {}
        for item in np.flatnonzero(self.columns["aside"] & (self.columns["parent"] >= 0)).tolist():
            below = int(self.columns["parent"][item])
            if below in self.texts:
                self.children.setdefault(below, []).append(item)


def _ordinal(author: IntArray) -> NDArray[np.uint64]:
    """0, 1, 2, ... within each author, in order of appearance."""
    order = np.argsort(author, kind="stable")
    ranked = author[order]
    fresh = np.concatenate([[True], ranked[1:] != ranked[:-1]]) if len(author) else np.zeros(0, bool)
    begin = np.maximum.accumulate(np.where(fresh, np.arange(len(author)), 0))
    out = np.empty(len(author), np.uint64)
    out[order] = np.arange(len(author)) - begin
    return out
