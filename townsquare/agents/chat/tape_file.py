"""The file a cassette is kept in: its format, how it is opened, and what its errors mean."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import Final

from townsquare.protocols.errors import DiskFull, RunFolderError

FORMAT: Final = 1
"""Version of the file format, kept in its user_version; a file with a larger one is refused."""
_MARK: Final = 0x54535143
"""SQLite's application_id ("TSQC"): tells our files from other databases."""
_FULL: Final = {"SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE"}
"""No room, a quota that is used up, a file that may not grow."""
_PATIENCE: Final = 60.0
"""Seconds to wait for another process that is writing."""
_TABLES: Final = """
CREATE TABLE calls (
  key TEXT PRIMARY KEY, model TEXT NOT NULL, request TEXT NOT NULL, reply TEXT NOT NULL, finish TEXT NOT NULL,
  tokens_in INTEGER NOT NULL, tokens_out INTEGER NOT NULL, counted INTEGER NOT NULL, served_by TEXT NOT NULL,
  structured TEXT NOT NULL, attempts INTEGER NOT NULL, seconds REAL NOT NULL, usd REAL, made_by TEXT NOT NULL,
  tick INTEGER NOT NULL, purpose TEXT NOT NULL, agent INTEGER NOT NULL, number INTEGER NOT NULL,
  created TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')));
CREATE TABLE failures (
  key TEXT NOT NULL, made_by TEXT NOT NULL, tick INTEGER NOT NULL, model TEXT NOT NULL, request TEXT NOT NULL,
  trouble TEXT NOT NULL, why TEXT NOT NULL, attempts INTEGER NOT NULL, seconds REAL NOT NULL, purpose TEXT NOT NULL,
  agent INTEGER NOT NULL, number INTEGER NOT NULL,
  created TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')), PRIMARY KEY (key, made_by, tick));
CREATE TABLE spent (
  run TEXT PRIMARY KEY, calls INTEGER NOT NULL, tokens_in INTEGER NOT NULL, tokens_out INTEGER NOT NULL,
  usd REAL NOT NULL);
"""


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """A connection in autocommit mode; ``mode`` is SQLite's: ro, rwc, ro&immutable=1."""
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        timeout=_PATIENCE,
        check_same_thread=False,  # a run may be built in one thread and tick in another, never both at once
    )
    # models may answer with lone surrogates, which strict UTF-8 refuses
    db.text_factory = lambda raw: raw.decode("utf-8", "surrogatepass")
    return db


def version_of(db: sqlite3.Connection, path: Path) -> int:
    """The format of a file; 0 for one that is empty. RunFolderError when it is foreign or newer."""
    mark = db.execute("PRAGMA application_id").fetchone()[0]
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    empty = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if mark == 0 and version == 0 and empty:
        return 0
    if mark != _MARK:
        raise RunFolderError(f"{path} is a database of another program, not a cassette.")
    if version > FORMAT:
        raise RunFolderError(
            f"the cassette {path} is of format {version}; this townsquare reads up to {FORMAT}: install a newer one."
        )
    return version


def create(db: sqlite3.Connection, path: Path) -> None:
    """Make the tables, unless another process has just done so."""
    _switch_to_wal(db, path)
    db.execute("BEGIN IMMEDIATE")
    if version_of(db, path) == 0:
        for statement in filter(str.strip, _TABLES.split(";\n")):
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {_MARK}")
        db.execute(f"PRAGMA user_version = {FORMAT}")
    db.execute("COMMIT")


def _switch_to_wal(db: sqlite3.Connection, path: Path) -> None:
    """Two processes that do this at once: SQLite tells one of them at once that the file is locked."""
    for _ in range(int(_PATIENCE / 0.01)):
        try:
            mode = db.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            sleep(0.01)
            continue
        if mode != "wal":
            raise RunFolderError(
                f"the file system of {path} cannot hold a cassette (SQLite's WAL does not work on it)."
            )
        return
    raise RunFolderError(f"the cassette {path} is locked by another process.")


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """SQLite's errors as one sentence of ours."""
    try:
        yield
    except OSError as error:
        raise RunFolderError(f"the cassette {path} cannot be read: {error.strerror}.") from error
    except sqlite3.Error as error:
        said = str(error)
        if getattr(error, "sqlite_errorname", "") in _FULL:
            raise DiskFull(f"no room left on the disk for {path}; free some space and resume the run.") from error
        if "unable to open" in said or "readonly" in said:
            raise RunFolderError(f"the cassette {path} cannot be opened: {said}.") from error
        if "locked" in said or "busy" in said:
            raise RunFolderError(f"the cassette {path} is locked by another process.") from error
        raise RunFolderError(f"{path} is torn or not a cassette: {said}.") from error
