"""A durable store in one file: the same answers as ``Arrays``, slower, and still there after a crash."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from townsquare.memory.recall import PLAIN, Held, Query, recall
from townsquare.memory.stores.accepted import HALF, Limits, accepted
from townsquare.memory.stores.columns import Columns
from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.errors import DiskFull, InputError
from townsquare.protocols.memory import Entry, Layer, Recalled, Scope, Weights

FORMAT = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entries (
    serial INTEGER PRIMARY KEY, kind TEXT NOT NULL, owner INTEGER NOT NULL, domain TEXT NOT NULL, layer TEXT NOT NULL,
    tick INTEGER NOT NULL, text NOT NULL, importance REAL NOT NULL, item INTEGER NOT NULL, vector BLOB
);
CREATE INDEX IF NOT EXISTS scope ON entries (kind, owner, domain, layer, tick, serial);
"""
_COLUMNS = "serial, kind, owner, domain, layer, tick, text, importance, item, vector"
_SCOPE = "kind = ? AND owner = ? AND domain = ? AND layer = ?"
# what is held of the episodes: the newest of each scope, the rest is let go but stays in the file
_HELD = f"""
SELECT {_COLUMNS} FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY kind, owner, domain, layer ORDER BY tick DESC, serial DESC) AS age
    FROM entries
) WHERE layer <> 'episode' OR age <= ? ORDER BY serial
"""


class SQLite:
    """One file that survives a crash; slower than ``arrays``, the same answers.

    One table, in WAL mode; every write is one transaction and on the disk when it returns.
    Episodes beyond the newest ``episodes`` per (kind, owner, domain) are no longer found, yet stay in the file, so that
    ``forget_from`` brings them back as a resumed run needs it. The file can be looked into with any SQLite tool while
    it is open here. One store per file at a time. Used by several threads one after the other, not at once.
    """

    class Config(Limits):
        """Where, and how much is kept."""

        path: str = Field(min_length=1)
        "The file; made when it is not there."

    def __init__(self, config: Config, dimensions: int) -> None:
        """Raises InputError when the file cannot be opened, is something else, or has vectors of another length."""
        self.config, self.dimensions = config, dimensions
        folder = Path(config.path).parent
        if not folder.is_dir():
            raise InputError(f"store 'sqlite': there is no folder {folder} for {config.path}; make it first.")
        try:
            self._base = sqlite3.connect(config.path, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise InputError(f"store 'sqlite': {config.path} cannot be opened: {error}.") from error
        try:
            self._prepare()
        except sqlite3.Error as error:
            self._base.close()
            raise InputError(f"store 'sqlite': {config.path} is no memory file: {error}.") from error
        except InputError:
            self._base.close()
            raise

    def _prepare(self) -> None:
        tables = {name for (name,) in self._base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if tables and not tables >= {"meta", "entries"}:
            raise InputError(f"store 'sqlite': {self.config.path} is a database of something else; name another file.")
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = FULL")
        self._base.executescript(_TABLES)
        self._base.execute("INSERT OR IGNORE INTO meta VALUES ('format', ?)", (FORMAT,))
        self._base.execute("INSERT OR IGNORE INTO meta VALUES ('dimensions', ?)", (self.dimensions,))
        meta = dict(self._base.execute("SELECT name, value FROM meta"))
        if meta["format"] > FORMAT:
            raise InputError(f"store 'sqlite': {self.config.path} was written by a newer townsquare.")
        if meta["dimensions"] != self.dimensions:
            raise InputError(
                f"store 'sqlite': {self.config.path} holds vectors of length {meta['dimensions']}, and the embedder "
                f"gives {self.dimensions}; name another file or the embedder it was made with."
            )

    def write(self, entries: Sequence[Entry]) -> IntArray:
        """Append all or none; raises WordLimit, InputError or DiskFull with nothing written."""
        vectors = accepted(entries, self.config, self.dimensions)
        first = self._next()
        serials = range(first, first + len(entries))
        rows = [_row(*each) for each in zip(serials, entries, vectors, strict=True)]
        self._change(lambda: self._insert(rows))
        return np.arange(first, first + len(entries))

    def _insert(self, rows: Iterable[tuple[Any, ...]]) -> None:
        self._base.executemany(f"INSERT INTO entries ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def _change(self, change: Callable[[], object]) -> None:
        """All of ``change`` or nothing."""
        try:
            self._base.execute("BEGIN IMMEDIATE")
            change()
            self._base.execute("COMMIT")
        except BaseException as error:
            if self._base.in_transaction:
                self._base.execute("ROLLBACK")
            if isinstance(error, sqlite3.OperationalError) and "full" in str(error):
                raise DiskFull(f"no room left on the disk for {self.config.path}; free some space.") from error
            if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                raise InputError(f"store 'sqlite': another process is writing {self.config.path}.") from error
            raise

    def _next(self) -> int:
        """The next serial number: one more than the last one that has been written, held or not."""
        found: int = self._base.execute("SELECT COALESCE(MAX(serial), -1) + 1 FROM entries").fetchone()[0]
        return found

    def current(self, scope: Scope, before: int | None = None) -> Entry | None:
        """The newest entry of a scope."""
        log = self._scope(_COLUMNS, scope, before, newest=1)
        return _entry(log[0]) if log else None

    def log(self, scope: Scope, before: int | None = None) -> list[Entry]:
        """All entries of a scope that are still held, oldest first."""
        return [_entry(row) for row in self._scope(_COLUMNS, scope, before)]

    def _scope(self, columns: str, scope: Scope, before: int | None = None, newest: int = -1) -> list[tuple[Any, ...]]:
        """Held rows of a scope, oldest first; the bound of time is drawn among what is held."""
        held = self.config.episodes if scope.layer == "episode" else -1
        rows = self._base.execute(
            f"SELECT * FROM (SELECT {columns}, tick AS at FROM entries WHERE {_SCOPE} ORDER BY tick DESC, serial DESC "
            "LIMIT ?) WHERE at < COALESCE(?, at + 1) LIMIT ?",
            (*_key(scope), held, before, newest),
        ).fetchall()
        return [row[:-1] for row in reversed(rows)]

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
        nothing = bytes(HALF.itemsize * self.dimensions)

        def held(owner: int) -> Held | None:
            scope = Scope(owner, domain, layer, kind)  # type: ignore[arg-type]
            rows = self._scope("serial, tick, importance, item, vector", scope)
            if not rows:
                return None
            serials, ticks, importance, about, vectors = zip(*rows, strict=True)
            table = np.frombuffer(b"".join(vector or nothing for vector in vectors), HALF)
            return Held(
                np.array(serials, np.int64),
                np.array(ticks, np.int64),
                np.array(importance, np.float64),
                np.array(about, np.int64),
                table.reshape(len(rows), self.dimensions),
            )

        return recall(held, owners, queries, Query(k, tick, before, items, weights))

    def entry(self, serial: int) -> Entry:
        """One entry; KeyError when it was never written or has been let go."""
        rows = self._base.execute(f"SELECT {_COLUMNS} FROM entries WHERE serial = ?", (int(serial),)).fetchall()
        if not rows:
            raise KeyError(serial)
        found = _entry(rows[0])
        if found.scope.layer == "episode":
            newer: int = self._base.execute(
                f"SELECT COUNT(*) FROM entries WHERE {_SCOPE} AND (tick, serial) > (?, ?)",
                (*_key(found.scope), found.tick, int(serial)),
            ).fetchone()[0]
            if newer >= self.config.episodes:
                raise KeyError(serial)
        return found

    def entries(self) -> Iterator[Entry]:
        """Everything that is held, in the order it was written."""
        return (_entry(row) for row in self._held())

    def _held(self) -> list[tuple[Any, ...]]:
        return self._base.execute(_HELD, (self.config.episodes,)).fetchall()

    def forget_from(self, tick: int) -> None:
        """Drop every entry written at ``tick`` or later; episodes that these pushed out are found again."""
        self._change(lambda: self._base.execute("DELETE FROM entries WHERE tick >= ?", (tick,)))

    def state(self) -> Mapping[str, NDArray[np.generic]]:
        """Everything that is held, as arrays."""
        return Columns.gather([(row[0], _entry(row)) for row in self._held()], self._written(), self.dimensions).state()

    def _written(self) -> IntArray:
        ticks = np.full(self._next(), np.iinfo(np.int64).min)  # what was forgotten has no tick
        rows = self._base.execute("SELECT serial, tick FROM entries").fetchall()
        for serial, tick in rows:
            ticks[serial] = tick
        return ticks

    def load(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Hold what ``state`` held, and nothing else."""
        columns = Columns.of(state, self.dimensions)
        rows = [
            _row(serial, entry, entry.vector)
            for serial, entry in zip(columns.serials.tolist(), columns.entries(), strict=True)
        ]

        def replace() -> None:
            self._base.execute("DELETE FROM entries")
            self._insert(rows)

        self._change(replace)

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()

    def __len__(self) -> int:
        """How many entries are held."""
        found: int = self._base.execute(f"SELECT COUNT(*) FROM ({_HELD})", (self.config.episodes,)).fetchone()[0]
        return found


def _key(scope: Scope) -> tuple[Any, ...]:
    return scope.kind, scope.owner, scope.domain, scope.layer


def _row(serial: int, entry: Entry, vector: NDArray[Any] | None) -> tuple[Any, ...]:
    kind, owner, domain, layer = _key(entry.scope)
    blob = None if vector is None else vector.astype(HALF).tobytes()
    text, tick, item = _storable(entry.text), int(entry.tick), int(entry.item)
    return serial, kind, int(owner), domain, layer, tick, text, float(entry.importance), item, blob


def _entry(row: tuple[Any, ...]) -> Entry:
    _, kind, owner, domain, layer, tick, text, importance, item, blob = row
    vector = None if blob is None else np.frombuffer(blob, HALF)
    return Entry(Scope(owner, domain, layer, kind), tick, _text(text), importance, vector, item)


def _storable(text: str) -> str | bytes:
    """A text with half a surrogate pair in it is no text to SQLite, and goes in as bytes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def _text(stored: str | bytes) -> str:
    return stored if isinstance(stored, str) else stored.decode("utf-8", "surrogatepass")
