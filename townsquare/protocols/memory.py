"""What agents remember: entries in scopes, all versions kept, and how they are found again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.errors import InputError

Layer = Literal["episode", "separated", "fused", "group"]
"""``episode``: what happened, one entry each. ``separated``: the text about one domain on its own. ``fused``: the text
about one domain with what the others say about it. ``group``: what a circle of agents shares.
"""
LAYERS: tuple[Layer, ...] = ("episode", "separated", "fused", "group")


class WordLimit(InputError):
    """A text is longer than its scope allows; nothing was written."""


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """Where a memory belongs. ``owner`` is an agent's id, an item's, or a group's number, told apart by ``kind``."""

    owner: int
    domain: str = ""
    """What it is about: books, news, ...; empty where there is only one."""
    layer: Layer = "episode"
    kind: Literal["agent", "item", "group"] = "agent"


@dataclass(frozen=True, slots=True)
class Entry:
    """One version of a text, or one episode. The newest entry of a scope is its current (short-term) text; all of
    them are its log (long-term).
    """

    scope: Scope
    tick: int
    """When it was written."""
    text: str
    importance: float = 0.5
    """0 to 1."""
    vector: NDArray[np.floating[Any]] | None = field(default=None, compare=False)
    """(d,) embedding, norm 1; None where the scope is never searched."""
    item: int = -1
    """The item it is about; -1 for none."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How the parts of a hybrid score add up: each part lies in 0..1, and a weight of 0 leaves it out."""

    relevance: float = 1.0
    """Cosine of query and entry, negative values cut to 0."""
    recency: float = 0.3
    """half_life-discounted age in ticks: 0.5 ** (age / half_life)."""
    importance: float = 0.2
    exact: float = 0.3
    """1 when the entry is about an item that is asked for, else 0."""
    half_life: float = 10.0
    """Ticks after which an entry counts half for recency."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """(n, k) entries found for n queries, best first. Ties go to the newer entry, then to the one written later."""

    entry: IntArray
    """Serial numbers of entries, for ``MemoryStore.entry``; -1 where there are fewer than k."""
    score: FloatArray
    """Hybrid scores; -inf in empty places."""


@runtime_checkable
class MemoryStore(Protocol):
    """Keeps entries. Entries are numbered 0, 1, ... in the order in which they were written (their serial numbers).

    Every read takes ``before``: only entries written at an earlier tick are seen (None: all of them), so that nothing
    leaks from the future.
    """

    def write(self, entries: Sequence[Entry]) -> IntArray:
        """Append all of ``entries`` or, when one of them is refused, none; their serial numbers.

        Raises WordLimit (nothing is written) when a text is longer than its layer's limit.
        """

    def current(self, scope: Scope, before: int | None = None) -> Entry | None:
        """The newest entry of a scope."""

    def log(self, scope: Scope, before: int | None = None) -> list[Entry]:
        """All entries of a scope that are still held, oldest first."""

    def recall(
        self,
        owners: IntArray,
        queries: FloatArray,
        k: int,
        *,
        tick: int,
        domain: str = "",
        layer: Layer = "episode",
        kind: str = "agent",
        before: int | None = None,
        items: Sequence[Iterable[int]] | None = None,
        weights: Weights = Weights(),
    ) -> Recalled:
        """For each (owner, query (d,)) the k best entries of that owner; ``items`` are what exact match looks for."""

    def entry(self, serial: int) -> Entry:
        """One entry; KeyError when it was never written or has been let go."""

    def entries(self) -> Iterator[Entry]:
        """Everything that is held, in the order it was written."""

    def forget_from(self, tick: int) -> None:
        """Drop every entry written at ``tick`` or later; what a resume does to a durable store."""

    def state(self) -> Mapping[str, NDArray[np.generic]]:
        """Everything that is held, as arrays, for a checkpoint; no pickles."""

    def load(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Hold what ``state`` held, and nothing else."""

    def __len__(self) -> int:
        """How many entries are held."""


@runtime_checkable
class Embedder(Protocol):
    """Texts as vectors."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(len(texts), d) vectors of norm 1; a text without content gives zeros."""
