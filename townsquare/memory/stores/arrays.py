"""The default store: everything in the process, exact, vectors in half precision."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from townsquare.memory.recall import PLAIN, Held, Query, recall
from townsquare.memory.stores.accepted import HALF, Limits, accepted
from townsquare.memory.stores.columns import Columns
from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.memory import Entry, Layer, Recalled, Scope, Weights


class Arrays:
    """Everything in the process: fast and exact.

    One growing table of entries, and per scope the rows it holds, oldest first.
    Of episodes only the newest ``episodes`` per (kind, owner, domain) are held; the rows of the others are used again.
    Takes 2 d + 33 bytes an entry besides its text and Python's own bookkeeping, a further sixteenth at most for growth.
    Not safe for several threads at once.
    """

    class Config(Limits):
        """How much is kept."""

    def __init__(self, config: Config, dimensions: int) -> None:
        self.config, self.dimensions = config, dimensions
        self._empty()

    def _empty(self) -> None:
        self._shelves: dict[Scope, array[int]] = {}  # rows, oldest first by (tick, serial)
        self._known: dict[Scope, Scope] = {}
        self._row: dict[int, int] = {}  # by serial number, in that order
        self._free: list[int] = []
        self._texts: list[str] = []
        self._scopes: list[Scope] = []
        self._written = array("q")  # ticks of everything ever written, by serial number
        self._ticks, self._items, self._serials = (np.zeros(0, np.int64) for _ in range(3))
        self._importance, self._has_vector = np.zeros(0), np.zeros(0, bool)
        self._vectors = np.zeros((0, self.dimensions), HALF)

    def write(self, entries: Sequence[Entry]) -> IntArray:
        """Append all or none; raises WordLimit and InputError before anything is changed."""
        vectors = accepted(entries, self.config, self.dimensions)
        self._grow(len(self._texts) + max(0, len(entries) - len(self._free)))
        first = len(self._written)
        for entry, vector in zip(entries, vectors, strict=True):
            self._put(entry, vector)
        return np.arange(first, first + len(entries))

    def _put(self, entry: Entry, vector: NDArray[np.float16] | None) -> None:
        serial = len(self._written)
        self._written.append(entry.tick)
        shelf = self._shelves.get(entry.scope)
        if shelf is None:
            shelf = self._shelves[entry.scope] = array("q")
            self._known[entry.scope] = entry.scope
        if entry.scope.layer == "episode" and len(shelf) >= self.config.episodes:
            if entry.tick < self._ticks[shelf[0]]:
                return  # older than all that is held: let go at once
            self._let_go(shelf.pop(0))
        scope = self._known[entry.scope]  # one object for all its entries
        if self._free:
            row = self._free.pop()
            self._texts[row], self._scopes[row] = entry.text, scope
        else:
            row = len(self._texts)
            self._texts.append(entry.text)
            self._scopes.append(scope)
        self._row[serial] = row
        self._serials[row], self._ticks[row], self._items[row] = serial, entry.tick, entry.item
        self._importance[row], self._has_vector[row] = entry.importance, vector is not None
        self._vectors[row] = 0 if vector is None else vector
        shelf.insert(self._place(shelf, entry.tick), row)

    def _place(self, shelf: "array[int]", tick: int) -> int:
        """Where an entry of ``tick`` that is written now belongs; nearly always at the end."""
        if not shelf or self._ticks[shelf[-1]] <= tick:
            return len(shelf)
        return bisect_right(shelf, tick, key=lambda row: int(self._ticks[row]))

    def _let_go(self, row: int) -> None:
        del self._row[int(self._serials[row])]
        self._texts[row] = ""
        self._free.append(row)

    def _grow(self, rows: int) -> None:
        """Room for ``rows``. In place: large arrays are remapped, not copied, and nobody else holds a view of them."""
        if rows <= len(self._ticks):
            return
        room = max(rows, len(self._ticks) + len(self._ticks) // 16, 64)
        for column in (self._ticks, self._items, self._serials, self._importance, self._has_vector):
            column.resize(room, refcheck=False)
        self._vectors.resize((room, self.dimensions), refcheck=False)

    def current(self, scope: Scope, before: int | None = None) -> Entry | None:
        """The newest entry of a scope."""
        shelf = self._shelf(scope, before)
        return self._entry(shelf[-1]) if shelf else None

    def log(self, scope: Scope, before: int | None = None) -> list[Entry]:
        """All entries of a scope that are still held, oldest first."""
        return [self._entry(row) for row in self._shelf(scope, before)]

    def _shelf(self, scope: Scope, before: int | None) -> "array[int]":
        shelf = self._shelves.get(scope, array("q"))
        if before is None or not shelf or self._ticks[shelf[-1]] < before:
            return shelf
        return shelf[: bisect_left(shelf, before, key=lambda row: int(self._ticks[row]))]

    def recall(
        self,
        owners: IntArray,
        queries: FloatArray,
        k: int,
        *,
        tick: int,
        domain: str = "",
        layer: Layer = "episode",
        kind: str = "agent",
        before: int | None = None,
        items: Sequence[Iterable[int]] | None = None,
        weights: Weights = PLAIN,
    ) -> Recalled:
        """For each (owner, query (d,)) the k best entries of that owner."""

        def held(owner: int) -> Held | None:
            shelf = self._shelves.get(Scope(owner, domain, layer, cast(Any, kind)))
            if not shelf:
                return None
            rows = np.array(shelf)
            return Held(
                self._serials[rows], self._ticks[rows], self._importance[rows], self._items[rows], self._vectors[rows]
            )

        return recall(held, owners, queries, Query(k, tick, before, items, weights))

    def entry(self, serial: int) -> Entry:
        """One entry; KeyError when it was never written or has been let go."""
        return self._entry(self._row[int(serial)])

    def _entry(self, row: int) -> Entry:
        return Entry(
            self._scopes[row],
            int(self._ticks[row]),
            self._texts[row],
            float(self._importance[row]),
            self._vectors[row].copy() if self._has_vector[row] else None,
            int(self._items[row]),
        )

    def entries(self) -> Iterator[Entry]:
        """Everything that is held, in the order it was written."""
        return (self._entry(row) for row in list(self._row.values()))

    def forget_from(self, tick: int) -> None:
        """Drop every entry written at ``tick`` or later. Episodes that these pushed out are gone: a run that resumes
        loads its checkpoint instead.
        """
        for shelf in self._shelves.values():
            while shelf and self._ticks[shelf[-1]] >= tick:
                self._let_go(shelf.pop())
        while self._written and self._written[-1] >= tick:
            self._written.pop()

    def state(self) -> Mapping[str, NDArray[np.generic]]:
        """Everything that is held, as arrays."""
        rows = np.fromiter(self._row.values(), np.int64, len(self._row))
        used = [scope for scope, shelf in self._shelves.items() if shelf]
        shelf = np.zeros(len(self._texts), np.int32)
        for place, scope in enumerate(used):
            shelf[np.array(self._shelves[scope])] = place
        return Columns(
            used,
            shelf[rows],
            self._serials[rows],
            self._ticks[rows],
            self._importance[rows],
            self._items[rows],
            self._vectors[rows],
            self._has_vector[rows],
            [self._texts[row] for row in rows.tolist()],
            np.array(self._written, np.int64),
        ).state()

    def load(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Hold what ``state`` held, and nothing else."""
        columns = Columns.of(state, self.dimensions)
        self._empty()
        n = len(columns.serials)
        self._grow(n)
        self._serials[:n], self._ticks[:n], self._items[:n] = columns.serials, columns.ticks, columns.items
        self._importance[:n], self._has_vector[:n] = columns.importance, columns.has_vector
        self._vectors[:n] = columns.vectors
        self._texts = columns.texts
        self._scopes = [columns.scopes[place] for place in columns.shelf.tolist()]
        self._row = dict(zip(columns.serials.tolist(), range(n), strict=True))
        self._written = array("q", columns.written.tolist())
        order = np.lexsort((columns.serials, columns.ticks, columns.shelf))
        borders = np.searchsorted(columns.shelf[order], np.arange(len(columns.scopes) + 1)).tolist()
        for place, scope in enumerate(columns.scopes):
            self._known[scope] = scope
            self._shelves[scope] = array("q", order[borders[place] : borders[place + 1]].tolist())

    def __len__(self) -> int:
        """How many entries are held."""
        return len(self._row)
