"""The articles of a news town: columns that grow by one block per tick."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.catalogue import Catalogue
from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.texts import pack, unpack

_COLUMNS: dict[str, type[np.generic]] = {
    "author": np.int32,
    "born": np.int32,
    "category": np.int32,
    "quality": np.float64,
    "key": np.uint64,
    "shown": np.int64,
    "clicks": np.int64,
    "likes": np.int64,
}


class Articles:
    """Everything published so far; content vectors are kept only while an article is in circulation.

    An article's id is its row. Articles of a tick have consecutive ids, so "in circulation" is a range.
    """

    def __init__(self, width: int, window: int) -> None:
        self.width, self.window = width, window
        self.columns: dict[str, NDArray[Any]] = {name: np.zeros(0, kind) for name, kind in _COLUMNS.items()}
        self.vectors = np.zeros((0, width), np.float32)
        """(n - first, width) content of the articles from id ``first`` on."""
        self.first = 0
        self.texts: dict[int, str] = {}
        """What articles in circulation say, for those that have words: title, line break, text."""
        self.starts: list[int] = []
        """Id of the first article of each tick."""

    def __len__(self) -> int:
        return len(self.columns["author"])

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.columns[name]

    def add(
        self,
        tick: int,
        author: IntArray,
        category: IntArray,
        quality: FloatArray,
        vector: FloatArray,
        *,
        text: Sequence[str] = (),
        seat: IntArray | None = None,
    ) -> IntArray:
        """Publish; returns the new ids. Content of articles that left circulation is let go.

        ``text`` is "" for an article without words; ``seat`` is what an author's draws hang on, by default its id.
        """
        n, start = len(author), len(self)
        while len(self.starts) <= tick:
            self.starts.append(start)
        first = self.starts[max(0, tick - self.window)]
        self.vectors = np.concatenate([self.vectors[first - self.first :], vector.astype(np.float32)])
        self.first = first
        zeros = np.zeros(n, np.int64)
        place = author if seat is None else seat
        # the key names the n-th article of an author in a tick, so that it survives another arm's extra articles
        key = (np.uint64(tick) << np.uint64(40)) + (place.astype(np.uint64) << np.uint64(12)) + _ordinal(author)
        new = {
            "author": author,
            "born": np.full(n, tick),
            "category": category,
            "quality": quality,
            "key": key,
            "shown": zeros,
            "clicks": zeros,
            "likes": zeros,
        }
        for name, kind in _COLUMNS.items():
            self.columns[name] = np.concatenate([self.columns[name], np.asarray(new[name]).astype(kind)])
        self.texts = {item: words for item, words in self.texts.items() if item >= first}
        self.texts |= {start + row: words for row, words in enumerate(text) if words}
        return np.arange(start, start + n)

    def active(self, tick: int) -> IntArray:
        """Ids of the articles of the ``window`` ticks before ``tick``."""
        return np.arange(self.starts[max(0, tick - self.window)], self.starts[tick])

    def new(self, tick: int) -> IntArray:
        """Ids of the articles of ``tick`` itself."""
        return np.arange(self.starts[tick], len(self))

    def content(self, items: IntArray) -> FloatArray:
        """Vectors of articles in circulation, float32; any shape of ids. Zeros when nothing is in circulation."""
        if not len(self.vectors):
            return np.zeros((*items.shape, self.width), np.float32)
        return self.vectors[items - self.first]

    def column(self, name: str, items: IntArray) -> Any:
        """A column's values for articles in circulation; any shape of ids. Zeros when nothing is in circulation."""
        if not len(self.vectors):
            return np.zeros(items.shape, _COLUMNS[name])
        return self.columns[name][items]

    def end(self, tick: int) -> int:
        """How many articles there are once those of ``tick`` are published."""
        return self.starts[tick + 1] if tick + 1 < len(self.starts) else len(self)

    def catalogue(self, first: int, end: int) -> Catalogue:
        """What a recommender may look at of the articles before ``end``; vectors of those before ``first`` are zero."""
        vectors = np.zeros((end, self.width), np.float32)
        first = max(first, self.first)
        vectors[first:] = self.vectors[first - self.first : end - self.first]
        authors, born, categories, keys = (self.columns[name][:end] for name in ("author", "born", "category", "key"))
        return Catalogue(authors, born, categories, vectors, keys)

    def count(self, name: str, items: IntArray) -> None:
        """Add one to a counter for every occurrence in ``items``; -1 is passed over."""
        column = self.columns[name]
        column += np.bincount(items[items >= 0].ravel(), minlength=len(self))

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything, as arrays."""
        rest = {"vectors": self.vectors, "first": np.array(self.first), "starts": np.array(self.starts, np.int64)}
        if self.texts:
            rest["texts"], rest["text_ends"] = pack(list(self.texts.values()))
            rest["text_items"] = np.array(list(self.texts), np.int64)
        return {f"articles.{name}": column for name, column in (self.columns | rest).items()}

    def load(self, state: Mapping[str, NDArray[Any]]) -> None:
        """The inverse of ``state``."""
        self.columns = {name: state[f"articles.{name}"] for name in _COLUMNS}
        self.vectors = state["articles.vectors"]
        self.first = int(state["articles.first"])
        self.starts = state["articles.starts"].tolist()
        self.texts = {}
        if "articles.texts" in state:
            texts = unpack(state["articles.texts"], state["articles.text_ends"])
            self.texts = dict(zip(state["articles.text_items"].tolist(), texts, strict=True))


def _ordinal(author: IntArray) -> NDArray[np.uint64]:
    """0, 1, 2, ... within each author, in order of appearance."""
    order = np.argsort(author, kind="stable")
    ranked = author[order]
    fresh = np.concatenate([[True], ranked[1:] != ranked[:-1]]) if len(author) else np.zeros(0, bool)
    begin = np.maximum.accumulate(np.where(fresh, np.arange(len(author)), 0))
    out = np.empty(len(author), np.uint64)
    out[order] = np.arange(len(author)) - begin
    return out
