"""A file of recorded model calls: one SQLite database that several runs and processes may share.

Knows SQL and durability; which record answers which ask is decided in ``cassette.py``.

Durability: a call counts as recorded when its transaction is committed, and a committed transaction is in the hands of
the operating system: it survives kill -9. ``sync`` makes everything survive a power failure as well; it costs an fsync,
so it is called once per tick, before the tick is committed.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from townsquare.agents.chat.tape_file import connect, create, explained, version_of
from townsquare.protocols.chat import ChatError, Message, Reply, Request
from townsquare.protocols.errors import RunFolderError

_LOG_PAGES: Final = 4000
"""Pages of 4 kB that the write-ahead log may hold before it is emptied, which takes an fsync; a call adds about 4."""
_CALL: Final = (
    "SELECT reply, finish, tokens_in, tokens_out, counted, served_by, attempts, seconds, usd, made_by, tick, purpose, "
    "agent, number FROM calls WHERE key = ?"
)
_FAILURE: Final = "SELECT trouble, why, attempts, seconds, made_by, tick, purpose, agent, number FROM failures WHERE "
_COLUMNS: Final = (
    "(key, model, request, reply, finish, tokens_in, tokens_out, counted, served_by, structured, attempts, seconds, "
    "usd, made_by, tick, purpose, agent, number) VALUES "
    "(?, ?, CAST(? AS TEXT), CAST(? AS TEXT), ?, ?, ?, ?, CAST(? AS TEXT), ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_ADD: Final = f"INSERT INTO calls {_COLUMNS} ON CONFLICT (key) DO NOTHING"
_REPLACE: Final = f"INSERT OR REPLACE INTO calls {_COLUMNS}"
_FAIL: Final = (
    "INSERT OR REPLACE INTO failures (key, made_by, tick, model, request, trouble, why, attempts, seconds, purpose, "
    "agent, number) VALUES (?, ?, ?, ?, CAST(? AS TEXT), ?, CAST(? AS TEXT), ?, ?, ?, ?, ?)"
)
_HEALED: Final = "DELETE FROM failures WHERE key = ? AND made_by = ? AND tick = ?"
_SPEND: Final = (
    "INSERT INTO spent VALUES (?, 1, ?, ?, ?) ON CONFLICT (run) DO UPDATE SET calls = calls + 1, "
    "tokens_in = tokens_in + excluded.tokens_in, tokens_out = tokens_out + excluded.tokens_out, "
    "usd = usd + excluded.usd"
)


class Place(NamedTuple):
    """Where in a run a call was needed: unique per ask."""

    tick: int
    purpose: str
    agent: int
    number: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """A recorded call: the reply, what it cost (None: price unknown), and the run and the ask that paid for it."""

    reply: Reply
    usd: float | None
    made_by: str
    place: Place


@dataclass(frozen=True, slots=True)
class Failure:
    """A recorded call that brought no reply."""

    trouble: str
    why: str
    attempts: int
    seconds: float
    made_by: str
    place: Place


class Spent(NamedTuple):
    """What one run has paid for; ``usd`` leaves out calls whose price is unknown."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    usd: float = 0.0


class Tape:
    """One cassette file. A file opened without ``write`` is never changed, and may lie where nothing can be written.

    Raises RunFolderError when the file is missing (reading only), foreign, torn or of a newer format; DiskFull when a
    record finds no room.
    """

    def __init__(self, path: Path, *, write: bool) -> None:
        self.path, self.write = path, write
        self._stamp: tuple[int, int, int] | None = None
        self._db = self._open()

    def call(self, key: str) -> Call | None:
        """The recorded reply of a request."""
        row = self._one(_CALL, (key,))
        if row is None:
            return None
        reply, finish, tokens_in, tokens_out, counted, served_by, attempts, seconds, usd, made_by, *place = row
        return Call(
            Reply(reply, finish, tokens_in, tokens_out, bool(counted), served_by, attempts, seconds),
            usd,
            made_by,
            Place(*place),
        )

    def failure(self, key: str, made_by: str | None = None, tick: int | None = None) -> Failure | None:
        """The recorded failure of a request in one run and tick; of any run, the newest, when these are not given."""
        if made_by is None:
            row = self._one(_FAILURE + "key = ? ORDER BY created DESC LIMIT 1", (key,))
        else:
            row = self._one(_FAILURE + "key = ? AND made_by = ? AND tick = ?", (key, made_by, tick))
        if row is None:
            return None
        trouble, why, attempts, seconds, made_by, *place = row
        return Failure(trouble, why, attempts, seconds, made_by, Place(*place))

    def add(
        self,
        request: Request,
        reply: Reply,
        *,
        usd: float | None,
        structured: str,
        made_by: str,
        place: Place,
        replace: bool = False,
    ) -> Call:
        """Record a reply and what was spent on it (nothing, where no request was made); returns the call as on file.

        When another process has recorded the same request meanwhile, its reply stays (unless ``replace``) and is what
        everybody acts on; the money is counted all the same.
        """
        row = (
            request.key,
            request.model,
            _bytes(_request_text(request)),
            _bytes(reply.text),
            reply.finish,
            reply.tokens_in,
            reply.tokens_out,
            reply.counted,
            _bytes(reply.served_by),
            structured,
            reply.attempts,
            reply.seconds,
            usd,
            made_by,
            *place,
        )
        with self._transaction() as run:
            added = run(_REPLACE if replace else _ADD, row).rowcount
            run(_HEALED, (request.key, made_by, place.tick))
            if reply.attempts:
                run(_SPEND, (made_by, reply.tokens_in, reply.tokens_out, usd or 0.0))
        if added:
            return Call(reply, usd, made_by, place)
        recorded = self.call(request.key)
        assert recorded is not None
        return recorded

    def add_failure(self, request: Request, error: ChatError, *, seconds: float, made_by: str, place: Place) -> Failure:
        """Record that a request brought no reply; it counts as one call without tokens, if it was made at all."""
        why = str(error)
        tick, purpose, agent, number = place
        known = (request.key, made_by, tick, request.model, _bytes(_request_text(request)))
        with self._transaction() as run:
            run(_FAIL, (*known, error.trouble, _bytes(why), error.attempts, seconds, purpose, agent, number))
            if error.attempts:
                run(_SPEND, (made_by, 0, 0, 0.0))
        return Failure(error.trouble, why, error.attempts, seconds, made_by, place)

    def forget(self, keys: Sequence[str], made_by: str) -> None:
        """Drop the calls of one run under ``keys``; what was spent on them stays spent."""
        with self._transaction() as run:
            for key in keys:
                run("DELETE FROM calls WHERE key = ? AND made_by = ?", (key, made_by))

    def spent(self, run: str) -> Spent:
        """What a run has paid for so far, over all its sessions."""
        row = self._one("SELECT calls, tokens_in, tokens_out, usd FROM spent WHERE run = ?", (run,))
        return Spent(*row) if row is not None else Spent()

    def request(self, key: str) -> Request | None:
        """The recorded request, whether it was answered or not."""
        row = self._one("SELECT request FROM calls WHERE key = ?", (key,))
        row = row or self._one("SELECT request FROM failures WHERE key = ?", (key,))
        return None if row is None else _request_of(row[0])

    def requests_at(self, place: Place) -> list[Request]:
        """Requests that were recorded for an ask, in the order in which they were made; scans the file."""
        where = "tick = ? AND purpose = ? AND agent = ? AND number = ?"
        texts = self._all(f"SELECT request FROM calls WHERE {where} ORDER BY rowid", tuple(place))
        return [_request_of(text) for (text,) in texts]

    def models(self) -> list[str]:
        """The models whose calls are on file."""
        return [name for (name,) in self._all("SELECT DISTINCT model FROM calls ORDER BY model", ())]

    def __len__(self) -> int:
        """How many calls are on file, failures left out."""
        row = self._one("SELECT count(*) FROM calls", ())
        return int(row[0]) if row is not None else 0

    def sync(self) -> None:
        """Everything recorded so far survives a power failure too."""
        if self.write:
            with explained(self.path):
                self._db.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def close(self) -> None:
        """Let go of the file; the last process to do so leaves one file and no side files."""
        if self.write:
            with suppress(sqlite3.Error):
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.close()

    def _one(self, sql: str, values: tuple[Any, ...]) -> Any:
        with explained(self.path):
            return self._reading().execute(sql, values).fetchone()

    def _all(self, sql: str, values: tuple[Any, ...]) -> list[Any]:
        with explained(self.path):
            return self._reading().execute(sql, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[Callable[..., sqlite3.Cursor]]:
        if not self.write:
            raise ValueError(f"{self.path} was opened for reading only")
        with explained(self.path):
            # immediate: a transaction that reads before it writes cannot wait for another process
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db.execute
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def _reading(self) -> sqlite3.Connection:
        """The connection; a file opened for reading is opened anew when somebody has written to it meanwhile."""
        if not self.write and self._stamp != self._stamp_now():
            self._db.close()
            self._db = self._open()
        return self._db

    def _stamp_now(self) -> tuple[int, int, int] | None:
        """None while a writer's side file lies beside the cassette: SQLite itself then sees what is new."""
        try:
            if self._side.stat().st_size:
                return None
        except FileNotFoundError:
            pass
        found = self.path.stat()
        return (found.st_mtime_ns, found.st_size, found.st_ino)

    @property
    def _side(self) -> Path:
        return self.path.with_name(self.path.name + "-wal")

    def _open(self) -> sqlite3.Connection:
        with explained(self.path):
            if self.write:
                db = connect(self.path, "rwc")
                db.execute("PRAGMA synchronous = NORMAL")
                db.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
                if version_of(db, self.path) == 0:
                    create(db, self.path)
                return db
            if not self.path.is_file():
                raise RunFolderError(f"there is no cassette {self.path}.")
            self._stamp = self._stamp_now()
            # immutable: SQLite makes no side files; they are only needed where a writer has left some
            db = connect(self.path, "ro" if self._stamp is None else "ro&immutable=1")
            if version_of(db, self.path) == 0:
                raise RunFolderError(
                    f"{self.path} holds no cassette: whoever made it was stopped before the first call."
                )
            return db


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _request_text(request: Request) -> str:
    messages = [(m.role, m.text) for m in request.messages]
    body = {
        "model": request.model,
        "messages": messages,
        "schema": request.schema,
        "temperature": request.temperature,
        "max_tokens": request.max_tokens,
        "draw": request.draw,
    }
    return json.dumps(body, ensure_ascii=False)


def _request_of(text: str) -> Request:
    body = json.loads(text)
    body["messages"] = tuple(Message(role, words) for role, words in body["messages"])
    return Request(**body)
