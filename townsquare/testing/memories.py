"""A few memories that a store is tried with, and what it has to recall, by plain arithmetic."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from townsquare.protocols import Streams
from townsquare.protocols.memory import Entry, MemoryStore, Recalled, Scope, Weights

DIMENSIONS = 8
_PLAIN = Scope(0)


def unit(number: int) -> NDArray[np.float16]:
    """A vector of norm 1, as near as half precision comes; the same for the same number."""
    vector = Streams(0).get("memories", number).standard_normal(DIMENSIONS)
    return (vector / np.linalg.norm(vector)).astype(np.float16)


def little_memories() -> list[Entry]:
    """Some thirty entries of three agents, an item and a group; ticks 0 to 6, not all in order."""
    found = []
    for n in range(18):
        vector = None if n % 7 == 6 else unit(100 + n % 5)
        found.append(Entry(Scope(n % 3), n // 3, f"saw {n}", (n % 4) / 4, vector, item=n % 6 - 1))
    for tick in range(4):
        for domain in ("books", "films"):
            scope = Scope(0, domain, "separated")
            found.append(Entry(scope, tick, f"{domain} so far: {tick}", 0.5, unit(200 + tick)))
    found.append(Entry(Scope(0, "books", "fused"), 3, "both"))
    found.append(Entry(Scope(4, "books", "separated", "item"), 1, "a book", vector=np.zeros(DIMENSIONS), item=4))
    found.append(Entry(Scope(0, "books", "group", "group"), 6, "a title", item=2))
    found.append(Entry(Scope(1), 2, "came late", 1.0, unit(101), item=0))
    return found


def asked(
    store: MemoryStore,
    owners: ArrayLike,
    queries: NDArray[Any],
    k: int = 5,
    *,
    tick: int = 7,
    before: int | None = None,
    items: Sequence[Sequence[int]] | None = None,
    scope: Scope = _PLAIN,
    **weights: float,
) -> Recalled:
    """What ``store`` recalls; of ``scope`` all but the owner counts."""
    return store.recall(
        np.asarray(owners, np.int64),
        np.asarray(queries, np.float32),
        k,
        tick=tick,
        domain=scope.domain,
        layer=scope.layer,
        kind=scope.kind,
        before=before,
        items=items,
        weights=Weights(**weights),
    )


def expected(
    store: MemoryStore,
    *,
    k: int = 5,
    tick: int = 7,
    before: int | None = None,
    items: bool = False,
    scope: Scope = _PLAIN,
    **weights: float,
) -> None:
    """Asserts that ``store``, which holds the little memories, recalls what plain arithmetic says."""
    owners, wanted = [0, 1, 2, 9], [[0, 3], [], [-1, 4], [1]] if items else None
    queries = np.stack([unit(n) for n in (300, 101, 301, 302)]).astype(np.float32)
    found = asked(store, owners, queries, k, tick=tick, before=before, items=wanted, scope=scope, **weights)
    for row, owner in enumerate(owners):
        here = Scope(owner, scope.domain, scope.layer, scope.kind)
        scores = {
            serial: score(entry, queries[row], tick, wanted[row] if wanted else (), Weights(**weights))
            for serial, entry in enumerate(store.entries())
            if entry.scope == here and (before is None or entry.tick < before)
        }
        ticks = {serial: store.entry(serial).tick for serial in scores}
        best = sorted(scores, key=lambda serial: (-round(scores[serial], 5), -ticks[serial], -serial))[:k]
        got = [int(serial) for serial in found.entry[row] if serial >= 0]
        assert got == best, f"Owner {owner} should recall {best}, not {got}."
        np.testing.assert_allclose(found.score[row, : len(best)], [scores[serial] for serial in best], atol=1e-5)


def score(entry: Entry, query: NDArray[Any], tick: int, items: Sequence[int], weights: Weights) -> float:
    """How well an entry answers a query."""
    near = 0.0
    if entry.vector is not None and np.any(entry.vector):
        near = float(np.dot(entry.vector.astype(np.float64), query / np.linalg.norm(query)))
    return (
        weights.relevance * min(max(near, 0.0), 1.0)
        + weights.recency * 0.5 ** (max(tick - entry.tick, 0) / weights.half_life)
        + weights.importance * entry.importance
        + weights.exact * (entry.item >= 0 and entry.item in items)
    )
