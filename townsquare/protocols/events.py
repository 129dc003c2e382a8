"""What happened, as columns: the truth of a run and the only thing its digest is made of."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from hashlib import sha256

import numpy as np

from townsquare.protocols.columns import NOBODY, BoolArray, FloatArray, IntArray

KINDS = (
    "post",
    "shown",
    "click",
    "like",
    "refused",
    "no_answer",
    "dispute",
    "verdict",
    "rate",
    "assign",
    "say",
    "opinion",
    "guess",
    "code",
    "adapt",
)
"""Event kinds by code. Codes are part of the run-folder format: append, never reorder."""
REASONS = (
    "",
    "match",
    "fill",
    "cold_start",
    "hot",
    "promoted",
    "first",
    "not shown",
    "over the limit",
    "twice",
    "unknown item",
    "not allowed",
    "interruption",
    "invalid",
    "declined",
    "failed",
    "abstain",
    "show",
    "remove",
    "before",
    "after",
    "drawn",
    "followed",
    "first audience",
    "reply",
    "label",
    "blur",
    "demote",
    "hold",
    "warn",
    "limit",
    "suspend",
)
"""Why, by code: the source of a slot for ``shown``, the objection for ``refused``, and for ``no_answer`` what became of
the question: ``invalid`` even after a repair, ``declined`` by the model, ``failed`` on the way; what a ``verdict`` came
to; whether an ``opinion`` was held before or after what could change it, and ``drawn``: from a table of what people
did, not said by the agent. Append, never reorder.
"""
KIND = {name: code for code, name in enumerate(KINDS)}
REASON = {name: code for code, name in enumerate(REASONS)}
NO_ANSWER = ("invalid", "declined", "failed")
"""The reasons a ``no_answer`` can have."""


@dataclass(frozen=True, slots=True)
class Events:
    """Rows in the order in which they happened; all columns have the same length."""

    agent: IntArray
    """int32: who did it, or who was shown it."""
    kind: IntArray
    """int8: index into ``KINDS``."""
    item: IntArray
    """int32: the item concerned, -1 for none."""
    value: FloatArray
    """float32, five decimals: utility for clicks and likes, quality for posts, a verdict's score, the rating of a
    ``rate``, the side of an ``assign`` (1 pro, -1 con), the opinion of an ``opinion`` (on its environment's scale),
    what a ``guess`` took the opponent for (protocols/debate.py ``OPPONENTS``), the level of a ``code``, what an
    ``adapt`` came to (protocols/post_kinds.py ``WAYS``), with ``record.scores`` the recommender's score of a ``shown``
    that is a ``match``; 0 elsewhere."""
    rank: IntArray
    """int16: place in the slate, counted from 0; for a ``code`` the strategy; -1 where there is none."""
    ref: IntArray
    """int32: for a post the item that inspired it, that it reviews or that it replies to; for a ``say`` what it
    answers; for an ``assign`` the opponent; for an ``opinion`` the agent whose doing it was, if any; else -1.
    """
    why: IntArray
    """int8: index into ``REASONS``."""

    def __len__(self) -> int:
        return len(self.agent)

    @classmethod
    def of(
        cls,
        kind: str,
        agent: IntArray,
        item: IntArray,
        *,
        value: FloatArray | float = 0.0,
        rank: IntArray | int = -1,
        ref: IntArray | int = NOBODY,
        why: IntArray | str = "",
    ) -> "Events":
        """Events of one kind; scalars are spread over all rows."""
        n = len(agent)
        reason = REASON[why] if isinstance(why, str) else why
        return cls(
            np.asarray(agent, np.int32),
            np.full(n, KIND[kind], np.int8),
            np.asarray(item, np.int32),
            np.round(np.broadcast_to(np.asarray(value, np.float64), n), 5).astype(np.float32),
            np.broadcast_to(np.asarray(rank, np.int16), n).copy(),
            np.broadcast_to(np.asarray(ref, np.int32), n).copy(),
            np.broadcast_to(np.asarray(reason, np.int8), n).copy(),
        )

    @classmethod
    def concat(cls, parts: Iterable["Events"]) -> "Events":
        """All rows of ``parts``, in order."""
        parts = list(parts) or [cls.of("post", np.zeros(0, np.int32), np.zeros(0, np.int32))]
        return cls(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(cls)))

    def where(self, mask: BoolArray) -> "Events":
        """The rows where ``mask`` holds."""
        return Events(*(getattr(self, f.name)[mask] for f in fields(self)))

    def only(self, kind: str) -> "Events":
        """The rows of one kind."""
        return self.where(self.kind == KIND[kind])

    def digest(self, before: bytes = b"") -> bytes:
        """sha256 over ``before`` and the columns as little-endian bytes: content, not file bytes."""
        h = sha256(before)
        for f in fields(self):
            column = np.ascontiguousarray(getattr(self, f.name))
            h.update(f.name.encode())
            h.update(column.astype(column.dtype.newbyteorder("<"), copy=False).tobytes())
        return h.digest()
