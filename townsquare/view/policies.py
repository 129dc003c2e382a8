"""Readers' own rules beside a run: RUN/policies/NAME.json, a log of changes each, to which changes are only added."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from townsquare.protocols.deltas import Delta, DeltaLog
from townsquare.protocols.errors import InputError
from townsquare.protocols.runfolder import RunFolder
from townsquare.sim.preferences.graph import OPS, PreferenceGraph
from townsquare.sim.preferences.policy import Policy

_MOST_BYTES, _MOST_FILES = 1_000_000, 500
_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")


@dataclass(frozen=True, slots=True)
class Kept:
    """One reader's rules, or why they cannot be read."""

    reader: str
    """Name of the file, which is the reader's name."""
    rules: Policy | PreferenceGraph | None
    stamp: str
    """Hash of the log as it was read: what is saved must rest on it."""
    problem: str = ""


def folder(run: RunFolder) -> Path:
    """Where the rules of a run's readers lie."""
    return run.path / "policies"


def kept(run: RunFolder) -> list[Kept]:
    """All of them by name, at most 500; broken ones with a sentence each."""
    place = folder(run)
    if not place.is_dir() or place.is_symlink():
        return []
    return [read(run, path.stem) for path in sorted(place.glob("*.json"))[:_MOST_FILES]]


def read(run: RunFolder, reader: str) -> Kept:
    """One reader's rules; empty ones, which block nothing, where there are none yet."""
    try:
        path = _path(run, reader)
        if path.is_symlink() or folder(run).is_symlink():
            raise InputError("it is a link, which is not followed.")
        if not path.exists():
            return Kept(reader, Policy(), "")
        if path.stat().st_size > _MOST_BYTES:
            raise InputError("it has more than a million bytes.")
        log = DeltaLog.load(json.loads(path.read_text("utf-8")))
        return Kept(reader, _ruled(log), log.export()["sha256"])
    except (OSError, ValueError, RecursionError, InputError) as error:
        return Kept(reader, None, "", f"policies/{reader}.json cannot be read: {error}")


def save(run: RunFolder, one: Kept) -> None:
    """Write rules that were changed, whole or not at all.

    Raises InputError where they were changed elsewhere since they were read, and nothing is lost.
    """
    assert one.rules is not None
    there = read(run, one.reader)
    if there.stamp != one.stamp or there.problem:
        raise InputError(f"the rules of {one.reader} were changed elsewhere meanwhile; look again, and repeat it.")
    path = _path(run, one.reader)
    path.parent.mkdir(exist_ok=True)
    text = json.dumps(one.rules.export(), ensure_ascii=False, indent=1) + "\n"
    if len(text.encode("utf-8", "replace")) > _MOST_BYTES:
        raise InputError("these rules would have more than a million bytes.")
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    draft.write_text(text, "utf-8", errors="replace")
    os.replace(draft, path)


def told(delta: Delta) -> str:
    """A change in words."""
    value: Any = delta.value
    if delta.op in ("block", "unblock"):
        given = value if isinstance(value, dict) else {}
        examples = given.get("examples") or []
        more = f": {given['definition']}" if given.get("definition") else ""
        shown = f" (examples: {'; '.join(map(str, examples))})" if examples else ""
        return f"{'block' if delta.op == 'block' else 'allow'} {delta.target}{more}{shown}"
    if delta.op in ("strengthen", "weaken"):
        return f"{delta.op} {delta.target} by {delta.amount:g}"
    if delta.op == "add" and isinstance(value, dict):
        what = value.get("description") or value.get("name") or ""
        return f"add {delta.target}: {what} (weight {value.get('weight', 'as usual')})"
    return f"{delta.op.replace('_', ' ')} {delta.target}" + (f": {value}" if value else "")


def _ruled(log: DeltaLog) -> Policy | PreferenceGraph:
    """A graph of preferences where any change is one of a graph's, else a policy in words and examples."""
    if any(delta.op in OPS for delta in log):
        return PreferenceGraph(log)
    return Policy.load(log.export())


def _path(run: RunFolder, reader: str) -> Path:
    if not reader or len(reader) > 80 or set(reader) - _SIGNS or reader.startswith("."):
        raise InputError(
            f"{reader!r} cannot be the name of a reader's rules: letters, digits and . _ - only, 80 at most."
        )
    return folder(run) / f"{reader}.json"
