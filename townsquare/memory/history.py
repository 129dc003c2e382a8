"""Looking into a memory: the versions of a text, and what changed from one to the next."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from townsquare.protocols.memory import Entry, MemoryStore, Scope


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of words that stayed, went, or came."""

    kind: Literal["kept", "gone", "new"]
    text: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a text, and how it differs from the one before."""

    number: int
    """Counted from 0, the oldest held."""
    entry: Entry
    changes: tuple[Change, ...]


def versions(store: MemoryStore, scope: Scope, before: int | None = None) -> list[Version]:
    """Every version of a scope written before a tick, oldest first; the first is all new."""
    log = store.log(scope, before)
    texts = ["", *(entry.text for entry in log)]
    return [Version(n, entry, tuple(changes(texts[n], entry.text))) for n, entry in enumerate(log)]


def changes(old: str, new: str) -> Sequence[Change]:
    """What became of ``old``, word by word; "kept" and "new" together spell ``new``, "kept" and "gone" ``old``."""
    before, after = re.findall(r"\s*\S+|\s+$", old), re.findall(r"\s*\S+|\s+$", new)
    found: list[Change] = []
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(Change("kept", "".join(before[a:b])))
            continue
        found += [Change("gone", "".join(before[a:b]))] if b > a else []
        found += [Change("new", "".join(after[c:d]))] if d > c else []
    return found
