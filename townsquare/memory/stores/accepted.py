"""What a store takes in, checked before anything is written."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from townsquare.memory.limits import Words, count
from townsquare.protocols.errors import InputError
from townsquare.protocols.memory import LAYERS, Entry, Scope, WordLimit
from townsquare.protocols.settings import Settings

Kind = Literal["agent", "item", "group"]

HALF = np.dtype("<f2")
"""Vectors are kept, and handed out, in half precision by every store: a memory that moves stays what it is."""
KINDS: tuple[Kind, ...] = ("agent", "item", "group")
_SPAN = 2**62


class Limits(Settings):
    """What every store can be told."""

    episodes: int = Field(default=100, ge=1)
    "Episodes kept per owner and domain, the newest; the other layers keep every version."
    words: Words = Words()
    "Words a text may have."


def accepted(entries: Sequence[Entry], limits: Limits, dimensions: int) -> list[NDArray[np.float16] | None]:
    """The vectors of ``entries`` in half precision; None for those without.

    Raises WordLimit for a text that is too long, InputError for anything else that cannot be kept.
    """
    return [_accepted(place, entry, limits.words, dimensions) for place, entry in enumerate(entries)]


def _accepted(place: int, entry: Entry, words: Words, dimensions: int) -> NDArray[np.float16] | None:
    scope = entry.scope
    where = f"memory entry {place} ({scope.layer} of {scope.kind} {scope.owner}{_about(scope)}, tick {entry.tick})"
    if scope.layer not in LAYERS or scope.kind not in KINDS:
        raise InputError(f"{where}: a layer is one of {', '.join(LAYERS)}, and a kind one of {', '.join(KINDS)}.")
    if not _is_text(scope.domain):
        raise InputError(f"{where}: a domain must be text that can be written as UTF-8.")
    limit = words.of(scope)
    if limit is not None and len(entry.text) > limit and (length := count(entry.text)) > limit:
        raise WordLimit(f"{where} has {length} words; at most {limit} are allowed.")
    if not 0 <= entry.importance <= 1:
        raise InputError(f"{where}: importance must lie between 0 and 1 (got {entry.importance}).")
    if not (abs(scope.owner) < _SPAN and abs(entry.tick) < _SPAN and -1 <= entry.item < _SPAN):
        raise InputError(f"{where}: owner, tick and item must be whole numbers of 64 bits, an item -1 or more.")
    if entry.vector is None:
        return None
    return _half(where, entry.vector, dimensions)


def _half(where: str, vector: NDArray[np.floating[Any]], dimensions: int) -> NDArray[np.float16]:
    if np.shape(vector) != (dimensions,):
        raise InputError(f"{where}: a vector must have the shape ({dimensions},), not {np.shape(vector)}.")
    wide = np.asarray(vector, np.float64)
    squared = float(wide @ wide)
    if squared and not 0.98 <= squared <= 1.02:  # also catches nan and infinity
        raise InputError(f"{where}: a vector must have norm 1, or be all zeros (its norm is {squared**0.5:g}).")
    return wide.astype(HALF)


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _about(scope: Scope) -> str:
    return f" about {scope.domain!r}" if scope.domain else ""
