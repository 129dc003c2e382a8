"""Posts that wait for a person: an SQLite file that a town writes to and people read, both at the same time."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from townsquare.protocols.errors import InputError, did_you_mean
from townsquare.protocols.moderator import ACTIONS, Span

_FORMAT = 1
_MINE = 0x746F776E
"""What marks our files (SQLite's application_id)."""
_PATIENCE = 30.0
"""Seconds to wait for somebody else who is writing."""
_LAST = 2**63 - 1
"""The largest number that SQLite knows."""
_SCHEMA = """
CREATE TABLE post (n INTEGER PRIMARY KEY, item INTEGER, text TEXT, digest TEXT, author INTEGER, tick INTEGER,
  score REAL, category TEXT, why TEXT, spans TEXT, evidence TEXT, UNIQUE (item, digest));
CREATE TABLE act (id INTEGER PRIMARY KEY, n INTEGER, kind TEXT, action TEXT, note TEXT, who TEXT);
CREATE TABLE given (tick INTEGER, n INTEGER, action TEXT, note TEXT, PRIMARY KEY (tick, n));
"""
DECISIONS = tuple(name for name in ACTIONS if name not in ("abstain", "hold"))
"""What a person can decide."""
State = Literal["waiting", "appealed", "decided"]


@dataclass(frozen=True, slots=True)
class Act:
    """Something that somebody did about a post; none is ever taken out."""

    id: int
    kind: Literal["decide", "appeal", "undo"]
    action: str
    """What was decided; "" for an appeal and for undoing."""
    note: str
    who: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A post in the queue, and what became of it."""

    n: int
    """Its number in the queue, from 1."""
    item: int
    author: int
    tick: int
    """When it came."""
    text: str
    score: float
    category: str
    why: str
    spans: tuple[Span, ...]
    evidence: tuple[str, ...]
    acts: tuple[Act, ...]

    @property
    def decision(self) -> Act | None:
        """The one that holds: the latest that was not undone; an appeal leaves it as it is."""
        held: list[Act] = []
        for act in self.acts:
            if act.kind == "decide":
                held.append(act)
            elif act.kind == "undo" and held:
                held.pop()
        return held[-1] if held else None

    @property
    def state(self) -> State:
        """``appealed`` until somebody decides again."""
        last = next((act.kind for act in reversed(self.acts)), None)
        if last == "appeal":
            return "appealed"
        return "waiting" if self.decision is None else "decided"


class QueueFile:
    """One file, or one in memory for an empty path. Everything done is kept; undoing adds a line."""

    def __init__(self, path: str | Path = "", *, create: bool = True) -> None:
        """Raises InputError for a file that is no queue, and for none where ``create`` is False."""
        self.path = Path(path) if str(path) else None
        if self.path is not None and not self.path.exists() and not create:
            raise InputError(f"there is no queue {self.path}.")
        try:
            if self.path is not None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self.path or ":memory:", timeout=_PATIENCE, isolation_level=None)
            self._db.execute("PRAGMA synchronous = FULL")
            with self._writing() as db:
                mine, format_ = (
                    db.execute(f"PRAGMA {what}").fetchone()[0] for what in ("application_id", "user_version")
                )
                if not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                    for statement in filter(str.strip, _SCHEMA.split(";")):
                        db.execute(statement)
                    db.execute(f"PRAGMA application_id = {_MINE}")
                    db.execute(f"PRAGMA user_version = {_FORMAT}")
                elif (mine, format_) != (_MINE, _FORMAT):
                    raise InputError(f"{self.path} is no queue of posts of format {_FORMAT}.")
        except (sqlite3.Error, OSError) as error:
            raise InputError(f"{self.path} cannot be opened as a queue of posts: {error}.") from error

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def put(
        self,
        tick: int,
        item: int,
        author: int,
        text: str,
        *,
        score: float = 0.5,
        category: str = "",
        why: str = "",
        spans: Sequence[Span] = (),
        evidence: Sequence[str] = (),
    ) -> tuple[str, str]:
        """Put a post before people, once, and say what is to become of it at ``tick``: an action, and a note.

        ``hold`` until somebody decides. What was said of a tick is kept: asked for the same tick again, it says the
        same, whatever was decided since, so that a run that is resumed or replayed goes as it went.
        """
        told = json.dumps([list(span) for span in spans]), json.dumps(list(evidence), ensure_ascii=False)
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        shown = text.encode("utf-8", "replace").decode()
        row = (item, shown, digest, author, tick, score, category, why, *told)
        with self._writing() as db:
            db.execute(
                "INSERT OR IGNORE INTO post (item, text, digest, author, tick, score, category, why, spans, evidence) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
            n = db.execute("SELECT n FROM post WHERE item = ? AND digest = ?", (item, digest)).fetchone()[0]
            before = db.execute("SELECT action, note FROM given WHERE tick = ? AND n = ?", (tick, n)).fetchone()
            if before is not None:
                return str(before[0]), str(before[1])
            decision = self._read(db, n).decision
            found = ("hold", "waits for a person") if decision is None else (decision.action, decision.note)
            db.execute("INSERT INTO given VALUES (?, ?, ?, ?)", (tick, n, *found))
        return found

    def posts(self, state: State | None = None) -> list[Waiting]:
        """All posts, or those in one state, in the order in which they came."""
        with self._sound():
            numbers = [row[0] for row in self._db.execute("SELECT n FROM post ORDER BY n")]
            found = [self._read(self._db, n) for n in numbers]
        return [post for post in found if state in (None, post.state)]

    def open(self) -> list[Waiting]:
        """What wants a decision: appeals first, then what waits."""
        return [*self.posts("appealed"), *self.posts("waiting")]

    def post(self, n: int) -> Waiting:
        """Number ``n``; InputError where there is none."""
        with self._sound():
            return self._read(self._db, n)

    def decide(self, n: int, action: str, note: str = "", who: str = "") -> Waiting:
        """Say what becomes of a post. A later decision takes the place of an earlier one."""
        if action not in DECISIONS:
            raise InputError(
                f"{action!r} is no decision{did_you_mean(action, DECISIONS)} There are {', '.join(DECISIONS)}."
            )
        return self._act(n, "decide", action, note, who)

    def appeal(self, n: int, note: str, who: str = "") -> Waiting:
        """Ask for another look, in words. What was decided holds until somebody decides again."""
        post = self.post(n)
        if post.decision is None:
            raise InputError(f"post {n} was not decided yet; there is nothing to appeal against.")
        if not note.strip():
            raise InputError("an appeal says why.")
        return self._act(n, "appeal", "", note, who)

    def undo(self, n: int, who: str = "") -> Waiting:
        """Take the decision that holds back; the one before it holds again, or the post waits."""
        if self.post(n).decision is None:
            raise InputError(f"post {n} has no decision that could be taken back.")
        return self._act(n, "undo", "", "", who)

    def _act(self, n: int, kind: str, action: str, note: str, who: str) -> Waiting:
        with self._writing() as db:
            self._read(db, n)
            row = (n, kind, action, note, who)
            db.execute("INSERT INTO act (n, kind, action, note, who) VALUES (?, ?, ?, ?, ?)", row)
            return self._read(db, n)

    def _read(self, db: sqlite3.Connection, n: int) -> Waiting:
        columns = "n, item, author, tick, text, score, category, why, spans, evidence"
        row = db.execute(f"SELECT {columns} FROM post WHERE n = ?", (min(n, _LAST),)).fetchone()
        if row is None:
            most = db.execute("SELECT count(*) FROM post").fetchone()[0]
            raise InputError(f"there is no post {n} in the queue ({most} in all).")
        spans = tuple(Span(*span) for span in json.loads(row[8] or "[]"))
        acts = db.execute("SELECT id, kind, action, note, who FROM act WHERE n = ? ORDER BY id", (n,)).fetchall()
        head = dict(zip(columns.split(", ")[:8], row, strict=False))
        return Waiting(
            **head, spans=spans, evidence=tuple(json.loads(row[9] or "[]")), acts=tuple(Act(*act) for act in acts)
        )

    @contextmanager
    def _sound(self) -> Iterator[None]:
        """A file that is damaged, or cannot be written, becomes an InputError that names it."""
        try:
            yield
        except (sqlite3.Error, json.JSONDecodeError) as error:
            raise InputError(f"the queue {self.path} cannot be used: {error}. Is it damaged?") from error

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """What is done inside is written together, all or nothing: for many posts at a time."""
        with self._writing():
            yield

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction, all or nothing; others who write wait."""
        if self._db.in_transaction:  # part of a larger one
            yield self._db
            return
        with self._sound(), closing(self._db.cursor()) as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            cursor.execute("COMMIT")
