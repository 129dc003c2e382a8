"""What agents want to do, as columns. The environment decides what becomes of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.columns import NOBODY, BoolArray, FloatArray, IntArray

KINDS = ("click", "like", "post", "no_answer", "rate", "say", "opinion", "guess", "code", "adapt")
"""Action kinds by code. ``no_answer`` is what a mind returns for an agent whose model gave no valid answer: it never
passes for a decision to do nothing. A debater can ``say`` something (``text``), hold an ``opinion`` on an item
(``value``) and ``guess`` what the opponent is (``value``: 0 human, 1 ai); a judge can ``code`` a text (``vector``: a
level per strategy); an author can ``adapt`` to what was done about a post (``item``; ``value``: a code of
``post_kinds.WAYS``).
"""
KIND = {name: code for code, name in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Actions:
    """Rows in the order in which each agent means them; all columns have the same length."""

    agent: IntArray
    """int32."""
    kind: IntArray
    """int8: index into ``KINDS``. A like takes a click on the same item."""
    item: IntArray
    """int32: what is clicked or liked; for a post the item that inspired it (-1 for none); for no_answer -1."""
    value: FloatArray
    """float64: how much the agent makes of it (utility), its rating, its opinion, its guess; on a timeline 1 for an
    answer that objects, and for a moderated post what its author did about advice (``post_kinds.ADVICE``); for
    no_answer the code of ``events.REASONS``; else 0."""
    vector: FloatArray
    """(n, d) content of a post, NaN rows for other kinds; d may be 0 when nobody posts."""
    text: NDArray[np.object_] = field(default_factory=lambda: np.zeros(0, object))
    """str: what a post says, its title on the first line, or the review that comes with a rating; "" where there are no
    words, and by default.
    """

    def __post_init__(self) -> None:
        if len(self.text) != len(self.agent):
            object.__setattr__(self, "text", np.full(len(self.agent), "", object))

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
        vector: FloatArray | None = None,
        text: Sequence[str] | None = None,
    ) -> "Actions":
        """Actions of one kind."""
        n = len(agent)
        return cls(
            np.asarray(agent, np.int32),
            np.full(n, KIND[kind], np.int8),
            np.broadcast_to(np.asarray(item, np.int32), n),
            np.broadcast_to(np.asarray(value, np.float64), n),
            np.zeros((n, 0)) if vector is None else vector,
            np.array([""] * n if text is None else list(text), object),
        )

    def where(self, mask: BoolArray) -> "Actions":
        """The rows where ``mask`` holds."""
        return Actions(*(getattr(self, f.name)[mask] for f in fields(self)))

    @classmethod
    def concat(cls, parts: Iterable["Actions"]) -> "Actions":
        """All rows of ``parts``, in order; vectors of less than the greatest width are filled up with NaN."""
        parts = list(parts) or [cls.of("click", np.zeros(0, np.int32), np.full(0, NOBODY))]
        width = max(part.vector.shape[1] for part in parts)
        parts = [part if part.vector.shape[1] == width else part._widened(width) for part in parts]
        return cls(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(cls)))

    def _widened(self, width: int) -> "Actions":
        missing = np.full((len(self), width - self.vector.shape[1]), np.nan)
        return replace(self, vector=np.hstack([self.vector, missing]))
