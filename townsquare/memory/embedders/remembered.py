"""Vectors that have been computed before: the newest in the process, and all of them on a tape if there is one."""

import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Sequence
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.errors import InputError

Vectors = NDArray[np.float32]


class Remembered:
    """Vectors by text. ``size`` of them are kept in the process; a tape is a file and keeps every one."""

    def __init__(self, size: int, model: str, tape: str | None = None) -> None:
        """``model`` tells apart what different models made of a text. Raises InputError when the tape is none."""
        self._size, self._model = size, model
        self._near: OrderedDict[bytes, Vectors] = OrderedDict()
        self._tape = _open(tape) if tape else None

    def vectors(self, texts: Sequence[str], compute: Callable[[list[str]], Vectors]) -> list[Vectors]:
        """A vector for each text; ``compute`` is asked once for each different text that is not remembered."""
        keys = [sha256(f"{self._model}\0{text}".encode("utf-8", "surrogatepass")).digest() for text in texts]
        found: dict[bytes, Vectors] = {}
        for key in keys:
            vector = self._look_up(key)
            if vector is not None:
                found[key] = vector
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        if missing:
            new = dict(zip(missing, compute(list(missing.values())), strict=True))
            found |= new
            if self._tape is not None:
                rows = [(key, vector.astype("<f4").tobytes()) for key, vector in new.items()]
                with self._tape:
                    self._tape.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
        for key in keys:
            self._near[key] = found[key]
            self._near.move_to_end(key)
        while len(self._near) > self._size:
            self._near.popitem(last=False)
        return [found[key] for key in keys]

    def _look_up(self, key: bytes) -> Vectors | None:
        if key in self._near or self._tape is None:
            return self._near.get(key)
        row = self._tape.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
        return None if row is None else np.frombuffer(row[0], "<f4")

    def close(self) -> None:
        """Let go of the tape."""
        if self._tape is not None:
            self._tape.close()

    def __len__(self) -> int:
        """How many are kept in the process."""
        return len(self._near)


def _open(path: str) -> sqlite3.Connection:
    try:
        tape = sqlite3.connect(path, check_same_thread=False)
    except sqlite3.Error as error:
        raise InputError(f"the embedder's tape {path} cannot be opened: {error}.") from error
    try:
        tape.execute("PRAGMA journal_mode = WAL")
        tape.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID")
    except sqlite3.Error as error:
        tape.close()
        raise InputError(f"{path} is no tape of an embedder: {error}.") from error
    return tape
