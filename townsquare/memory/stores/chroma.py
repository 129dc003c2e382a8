"""Chroma: a corpus that everybody searches, and an export of a run's memories that other tools can open.

Never the only copy: a kill may leave a collection that can no longer be searched. Never in the loop of a town:
searching one agent's entries takes milliseconds where ``Arrays`` takes microseconds. docs/memory.md has the figures.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from townsquare.memory.recall import DIGITS, PLAIN, Held, Query, recall
from townsquare.memory.stores.accepted import HALF, Limits, accepted
from townsquare.memory.stores.columns import Columns
from townsquare.protocols.columns import FloatArray, IntArray, steady
from townsquare.protocols.errors import InputError
from townsquare.protocols.memory import Entry, Layer, Recalled, Scope, Weights

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

_BATCH = 2000
"""Entries per call; Chroma takes 5,461 at most."""


class Chroma:
    """A Chroma collection in a folder, with our vectors only: nothing is downloaded, nothing reported (``vector``).

    Keeps the whole contract of a store, by exact scoring of what one owner holds. ``search`` is what Chroma itself is
    for: the nearest entries of a whole layer, approximately. Which scope holds what is kept in the process as well.
    """

    class Config(Limits):
        """Where, and how much is kept."""

        path: str = Field(min_length=1)
        "The folder; made when it is not there."
        collection: str = Field(default="townsquare", min_length=3)
        "Name of the collection."

    def __init__(self, config: Config, dimensions: int) -> None:
        """Raises InputError when chromadb is missing, or the collection has vectors of another length."""
        self.config, self.dimensions = config, dimensions
        self._client = _client(config.path)
        self._open()

    def _open(self) -> None:
        self._collection = self._client.get_or_create_collection(
            self.config.collection,
            embedding_function=None,
            configuration={"hnsw": {"space": "ip"}},  # cosine would scale the vectors we get back
            metadata={"dimensions": self.dimensions, "next": 0},
        )
        about: Mapping[str, Any] = self._collection.metadata or {}
        if about.get("dimensions") != self.dimensions:
            raise InputError(
                f"store 'chroma': collection {self.config.collection!r} in {self.config.path} holds vectors of length "
                f"{about.get('dimensions')}, and the embedder gives {self.dimensions}; name another collection."
            )
        self._next: int = about["next"]
        self._shelves: dict[Scope, list[tuple[int, int]]] = {}  # (tick, serial), oldest first
        self._scopes: dict[int, Scope] = {}  # by serial number
        self._sorts: set[tuple[str, str, str]] = set()  # kinds, domains and layers that have been seen
        self._latest = 0  # the latest tick that has been seen
        found: Any = self._collection.get(include=["metadatas"])
        rows = sorted(zip(map(int, found["ids"]), found["metadatas"], strict=True), key=lambda row: row[0])
        torn = [serial for serial, _ in rows if serial >= self._next]  # of a write that was never finished
        late = [self._note(serial, _scope(meta), int(meta["tick"])) for serial, meta in rows if serial < self._next]
        self._delete([*torn, *(serial for some in late for serial in some)])

    def _note(self, serial: int, scope: Scope, tick: int) -> list[int]:
        """Put an entry on its shelf; the serial numbers that are let go for it."""
        shelf = self._shelves.setdefault(scope, [])
        shelf.insert(bisect_right(shelf, (tick, serial)), (tick, serial))
        self._scopes[serial] = scope
        self._sorts.add((scope.kind, scope.domain, scope.layer))
        self._latest = max(self._latest, tick)
        if scope.layer != "episode" or len(shelf) <= self.config.episodes:
            return []
        gone = shelf.pop(0)[1]
        del self._scopes[gone]
        return [gone]

    def write(self, entries: Sequence[Entry]) -> IntArray:
        """Append all or none; raises WordLimit and InputError with nothing written.

        What a killed process leaves of a write is removed when the collection is opened again.
        """
        vectors = accepted(entries, self.config, self.dimensions)
        serials = range(self._next, self._next + len(entries))
        self._add(serials, entries, vectors, serials.stop)
        gone = [old for serial, e in zip(serials, entries, strict=True) for old in self._note(serial, e.scope, e.tick)]
        self._delete(gone)
        return np.arange(serials.start, serials.stop)

    def _add(
        self, serials: Sequence[int], entries: Sequence[Entry], vectors: Sequence[NDArray[Any] | None], stop: int
    ) -> None:
        nothing = np.zeros(self.dimensions, np.float32)
        try:
            for at in range(0, len(serials), _BATCH):
                some = slice(at, at + _BATCH)
                table = [nothing if vector is None else vector.astype(np.float32) for vector in vectors[some]]
                self._collection.add(
                    ids=[str(serial) for serial in serials[some]],
                    embeddings=np.array(table, np.float32),  # type: ignore[arg-type, unused-ignore]
                    documents=[e.text.encode("utf-8", "replace").decode() for e in entries[some]],
                    metadatas=[_metadata(e) for e in entries[some]],
                )
            self._collection.modify(metadata={"dimensions": self.dimensions, "next": stop})
        except BaseException:
            self._delete(list(serials))
            raise
        self._next = stop

    def _delete(self, serials: Sequence[int]) -> None:
        for at in range(0, len(serials), _BATCH):
            self._collection.delete(ids=[str(serial) for serial in serials[at : at + _BATCH]])

    def _get(self, serials: Sequence[int]) -> list[Entry]:
        """Entries in the order asked for."""
        found: dict[int, Entry] = {}
        for at in range(0, len(serials), _BATCH):
            got: Any = self._collection.get(
                ids=[str(serial) for serial in serials[at : at + _BATCH]],
                include=["documents", "metadatas", "embeddings"],
            )
            rows = zip(got["ids"], got["documents"], got["metadatas"], got["embeddings"], strict=True)
            found.update({int(name): _entry(text, meta, vector) for name, text, meta, vector in rows})
        return [found[serial] for serial in serials]

    def _serials(self, scope: Scope, before: int | None = None) -> list[int]:
        shelf = self._shelves.get(scope, [])
        return [serial for _, serial in (shelf if before is None else shelf[: bisect_left(shelf, (before, -1))])]

    def current(self, scope: Scope, before: int | None = None) -> Entry | None:
        """The newest entry of a scope."""
        newest = self._get(self._serials(scope, before)[-1:])
        return newest[0] if newest else None

    def log(self, scope: Scope, before: int | None = None) -> list[Entry]:
        """All entries of a scope that are still held, oldest first."""
        return self._get(self._serials(scope, before))

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
        """For each (owner, query (d,)) the k best entries of that owner; exact, and slow."""

        def held(owner: int) -> Held | None:
            serials = self._serials(Scope(owner, domain, layer, kind))  # type: ignore[arg-type]
            return _held(serials, self._get(serials), self.dimensions) if serials else None

        return recall(held, owners, queries, Query(k, tick, before, items, weights))

    def search(
        self,
        queries: FloatArray,
        k: int,
        *,
        domain: str = "",
        layer: Layer = "episode",
        kind: str = "item",
        before: int | None = None,
    ) -> Recalled:
        """The k entries most like each of (n, d) queries, whoever owns them: approximately, by relevance alone."""
        # a filter makes Chroma twenty times slower, so only what tells entries apart is put into it
        terms: list[dict[str, Any]] = []
        if self._sorts != {(kind, domain, layer)}:
            terms += [{"kind": kind}, {"domain": domain}, {"layer": layer}]
        if before is not None and before <= self._latest:
            terms += [{"tick": {"$lt": before}}]
        out = Recalled(np.full((len(queries), k), -1, np.int64), np.full((len(queries), k), -np.inf))
        if not len(self) or not k or not len(queries):
            return out
        found: Any = self._collection.query(
            query_embeddings=np.asarray(queries, np.float32),  # type: ignore[arg-type, unused-ignore]
            n_results=k,
            where=None if not terms else terms[0] if len(terms) == 1 else {"$and": terms},
            include=["distances"],
        )
        for row, (names, distances) in enumerate(zip(found["ids"], found["distances"], strict=True)):
            out.entry[row, : len(names)] = [int(name) for name in names]
            out.score[row, : len(names)] = steady(1.0 - np.asarray(distances, np.float64), DIGITS)
        return out

    def entry(self, serial: int) -> Entry:
        """One entry; KeyError when it was never written or has been let go."""
        if int(serial) not in self._scopes:
            raise KeyError(serial)
        return self._get([int(serial)])[0]

    def entries(self) -> Iterator[Entry]:
        """Everything that is held, in the order it was written."""
        return iter(self._get(sorted(self._scopes)))

    def forget_from(self, tick: int) -> None:
        """Drop every entry written at ``tick`` or later. Episodes that these pushed out are gone."""
        gone = [serial for shelf in self._shelves.values() for at, serial in shelf if at >= tick]
        kept = {serial: scope for serial, scope in self._scopes.items() if serial not in set(gone)}
        self._delete(gone)
        self._next = max(kept, default=-1) + 1
        self._collection.modify(metadata={"dimensions": self.dimensions, "next": self._next})
        self._shelves = {scope: [row for row in shelf if row[0] < tick] for scope, shelf in self._shelves.items()}
        self._scopes = kept

    def state(self) -> Mapping[str, NDArray[np.generic]]:
        """Everything that is held, as arrays."""
        serials = sorted(self._scopes)
        written = np.full(self._next, np.iinfo(np.int64).min)
        for shelf in self._shelves.values():
            for tick, serial in shelf:
                written[serial] = tick
        return Columns.gather(list(zip(serials, self._get(serials), strict=True)), written, self.dimensions).state()

    def load(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Hold what ``state`` held, and nothing else."""
        columns = Columns.of(state, self.dimensions)
        self._client.delete_collection(self.config.collection)
        self._open()
        entries = columns.entries()
        serials = [int(serial) for serial in columns.serials]
        self._add(serials, entries, [entry.vector for entry in entries], len(columns.written))
        for serial, entry in zip(serials, entries, strict=True):
            self._note(serial, entry.scope, entry.tick)

    def close(self) -> None:
        """Let go of the folder."""
        self._client.close()  # type: ignore[attr-defined, unused-ignore]

    def __len__(self) -> int:
        """How many entries are held."""
        return len(self._scopes)


def _client(path: str) -> "ClientAPI":
    try:
        import chromadb
        from chromadb.config import Settings
    except ImportError as error:
        raise InputError("store 'chroma' needs chromadb: pip install 'townsquare[vector]'.") from error
    try:
        return chromadb.PersistentClient(path=path, settings=Settings(anonymized_telemetry=False))
    except Exception as error:
        raise InputError(f"store 'chroma': {path} cannot be opened: {' '.join(str(error).split())}.") from error


def _metadata(entry: Entry) -> dict[str, Any]:
    scope = entry.scope
    found: dict[str, Any] = {
        "kind": scope.kind,
        "owner": int(scope.owner),
        "domain": scope.domain,
        "layer": scope.layer,
        "tick": int(entry.tick),
        "importance": float(entry.importance),
        "importance_exact": float(entry.importance).hex(),  # Chroma may lose the last bit of a number
        "item": int(entry.item),
    }
    if entry.vector is None:
        found["vectorless"] = True
    if entry.text.encode("utf-8", "replace").decode() != entry.text:  # half a surrogate pair is no text to Chroma
        found["exact"] = entry.text.encode("utf-8", "surrogatepass").hex()
    return found


def _scope(meta: Mapping[str, Any]) -> Scope:
    return Scope(int(meta["owner"]), meta["domain"], meta["layer"], meta["kind"])


def _entry(text: str, meta: Mapping[str, Any], vector: Sequence[float]) -> Entry:
    exact = bytes.fromhex(meta["exact"]).decode("utf-8", "surrogatepass") if "exact" in meta else text
    half = None if "vectorless" in meta else np.asarray(vector, HALF)
    return Entry(
        _scope(meta), int(meta["tick"]), exact, float.fromhex(meta["importance_exact"]), half, int(meta["item"])
    )


def _held(serials: list[int], entries: list[Entry], dimensions: int) -> Held:
    columns = Columns.gather(list(zip(serials, entries, strict=True)), np.zeros(0, np.int64), dimensions)
    return Held(columns.serials, columns.ticks, columns.importance, columns.items, columns.vectors)
