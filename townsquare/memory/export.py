"""Memories as JSON Lines: one entry a line, readable, and read back without loss.

The first line names the format and the length of the vectors; a vector is base64 of little-endian half floats.
"""

import base64
import binascii
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from townsquare.memory.stores.accepted import HALF, Kind
from townsquare.protocols import durable
from townsquare.protocols.errors import InputError
from townsquare.protocols.memory import Entry, Layer, MemoryStore, Scope
from townsquare.protocols.wording import first_problem

FORMAT = "townsquare-memory/1"


class _Line(BaseModel):
    """One entry; every key but the vector is always there."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: Kind
    owner: int
    domain: str
    layer: Layer
    tick: int
    text: Any
    importance: float
    item: int
    vector: str | None = None


def export(store: MemoryStore, path: Path) -> int:
    """Write everything ``store`` holds to ``path``, whole or not at all; how many entries."""
    entries = list(store.entries())
    lines = [json.dumps({"format": FORMAT, "entries": len(entries)}), *(_line(entry) for entry in entries)]
    durable.write(path, lambda stream: stream.write("".join(line + "\n" for line in lines).encode("ascii")))
    return len(entries)


def load(path: Path, store: MemoryStore) -> int:
    """Append what ``export`` wrote to ``store`` in one transaction; how many entries.

    Raises InputError that names the file and the line when something cannot be read, WordLimit when the store's limits
    are lower; nothing is written then.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as exported memories: {error}.") from error
    entries = list(_entries(path, [line for line in text.split("\n") if line]))
    return len(store.write(entries))


def _entries(path: Path, lines: list[str]) -> Iterator[Entry]:
    head = _json(path, 1, lines[0]) if lines else {}
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise InputError(f"{path} holds no exported memories: its first line must name the format {FORMAT!r}.")
    if head.get("entries") != len(lines) - 1:
        raise InputError(f"{path} is torn: it holds {len(lines) - 1} entries of {head.get('entries')}.")
    for number, line in enumerate(lines[1:], 2):
        try:
            found = _Line.model_validate(_json(path, number, line))
        except ValidationError as error:
            raise InputError(f"{path}, line {number}: {first_problem(error, _Line)}") from error
        if not isinstance(found.text, str):  # not left to pydantic, which refuses half a surrogate pair
            raise InputError(f"{path}, line {number}: text must be a string.")
        scope = Scope(found.owner, found.domain, found.layer, found.kind)
        vector = None if found.vector is None else _vector(path, number, found.vector)
        yield Entry(scope, found.tick, found.text, found.importance, vector, found.item)


def _json(path: Path, number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(f"{path}, line {number}: not JSON ({error.msg}).") from error


def _vector(path: Path, number: int, coded: str) -> np.ndarray[Any, np.dtype[np.float16]]:
    try:
        return np.frombuffer(base64.b64decode(coded, validate=True), HALF)
    except (binascii.Error, ValueError) as error:
        raise InputError(f"{path}, line {number}: the vector is not base64 of half floats.") from error


def _line(entry: Entry) -> str:
    scope = entry.scope
    row: dict[str, Any] = {
        "kind": scope.kind,
        "owner": int(scope.owner),
        "domain": scope.domain,
        "layer": scope.layer,
        "tick": int(entry.tick),
        "text": entry.text,
        "importance": float(entry.importance),
        "item": int(entry.item),
    }
    if entry.vector is not None:
        row["vector"] = base64.b64encode(np.asarray(entry.vector, HALF).tobytes()).decode("ascii")
    return json.dumps(row, ensure_ascii=True)
