"""How well an entry answers a query: relevance, recency, importance and exact match, added up.

The parts are those of Park et al., "Generative Agents" (2023); exact match and the weights are ours. Exact
search, the same on every store, whoever else is asked for at the same time.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.columns import BoolArray, FloatArray, IntArray, steady
from townsquare.protocols.errors import InputError
from townsquare.protocols.memory import Recalled, Weights

CELLS = 1 << 20
"""Scores that are held at a time; bounds the memory of a recall."""
PLAIN = Weights()
"""How much each part of a score counts unless one says otherwise."""
DIGITS = 6
"""Digits of a score; float32 products differ beyond them from one CPU to the next."""


@dataclass(frozen=True, slots=True)
class Held:
    """What one owner holds in one scope, (m,) columns, oldest first by tick and then by serial number."""

    serials: IntArray
    ticks: IntArray
    importance: FloatArray
    items: IntArray
    vectors: NDArray[np.floating[Any]]
    """(m, d); zeros for an entry without a vector."""

    def columns(self) -> tuple[IntArray, IntArray, FloatArray, IntArray]:
        """All but the vectors, newest first."""
        return self.serials[::-1], self.ticks[::-1], self.importance[::-1], self.items[::-1]


_Piece: TypeAlias = tuple[IntArray, tuple[IntArray, IntArray, FloatArray, IntArray], FloatArray]
"""Rows of the answer that ask one owner, what the owner holds, and how near it is: (rows, columns, relevance)."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for, besides the (n, d) queries themselves."""

    k: int
    tick: int
    before: int | None = None
    items: Sequence[Iterable[int]] | None = None
    weights: Weights = PLAIN


def recall(fetch: Callable[[int], Held | None], owners: IntArray, queries: FloatArray, query: Query) -> Recalled:
    """The ``k`` best entries for each of n (owner, query) pairs, from what ``fetch`` says an owner holds.

    Raises InputError when the shapes do not fit one another.
    """
    owners, queries = np.asarray(owners), np.asarray(queries)
    _check(owners, queries, query)
    n = len(owners)
    out = Recalled(np.full((n, query.k), -1, np.int64), np.full((n, query.k), -np.inf))
    if not n or not query.k:
        return out
    norms = np.linalg.norm(queries.astype(np.float64), axis=1, keepdims=True)
    unit = np.ascontiguousarray(queries / np.where(norms > 0, norms, 1), np.float32)
    order = np.argsort(owners, kind="stable")
    borders = [0, *(np.flatnonzero(np.diff(owners[order])) + 1).tolist(), n]
    waiting: list[_Piece] = []
    height = width = 0
    wide = np.zeros((0, unit.shape[1]), np.float32)  # one owner's vectors; the same room for all is twice as fast
    for start, stop in pairwise(borders):
        held = fetch(int(owners[order[start]]))
        if held is None or not len(held.serials):
            continue
        length = len(held.serials)
        if length > len(wide):
            wide = np.empty((length, unit.shape[1]), np.float32)
        if query.weights.relevance:
            wide[:length] = held.vectors
        step = max(1, CELLS // length)
        for at in range(start, stop, step):
            rows = order[at : min(at + step, stop)]
            if waiting and (height + len(rows)) * max(width, length) > CELLS:
                _rank(waiting, out, query)
                waiting, height, width = [], 0, 0
            waiting.append((rows, held.columns(), _relevance(wide[:length], unit[rows], query.weights)[:, ::-1]))
            height, width = height + len(rows), max(width, length)
    if waiting:
        _rank(waiting, out, query)
    return out


def _relevance(vectors: NDArray[np.float32], queries: NDArray[np.float32], weights: Weights) -> FloatArray:
    """(len(queries), m) cosines. einsum, one query at a time: BLAS adds up in another order for another shape."""
    if not weights.relevance:
        return np.zeros((len(queries), len(vectors)), np.float32)
    return np.stack([np.einsum("ld,d->l", vectors, one) for one in queries])


def _rank(waiting: list[_Piece], out: Recalled, query: Query) -> None:
    """Fill the rows of ``out`` for some owners. Columns go from new to old, so that a stable sort breaks ties."""
    rows = np.concatenate([rows for rows, _, _ in waiting])
    n, width = len(rows), max(near.shape[1] for _, _, near in waiting)
    serials, items = np.full((n, width), -1, np.int64), np.full((n, width), -1, np.int64)
    ticks, importance = np.zeros((n, width), np.int64), np.zeros((n, width))
    relevance = np.zeros((n, width), np.float32)
    at = 0
    for some, columns, near in waiting:
        here = slice(at, at + len(some)), slice(0, near.shape[1])
        serials[here], ticks[here], importance[here], items[here] = columns
        relevance[here] = near
        at += len(some)
    weights = query.weights
    score: FloatArray = weights.relevance * np.clip(relevance.astype(np.float64), 0.0, 1.0)
    score += weights.recency * np.exp2(-np.maximum(query.tick - ticks, 0) / weights.half_life)
    score += weights.importance * importance
    if query.items is not None and weights.exact:
        score += weights.exact * _wanted(items, [query.items[row] for row in rows.tolist()])
    score = steady(score, DIGITS)
    seen = serials >= 0
    if query.before is not None:
        seen &= ticks < query.before
    score[~seen] = -np.inf
    best = np.argsort(-score, axis=1, kind="stable")[:, : query.k]
    found = np.take_along_axis(score, best, axis=1)
    out.score[rows, : best.shape[1]] = found
    out.entry[rows, : best.shape[1]] = np.where(found > -np.inf, np.take_along_axis(serials, best, axis=1), -1)


def _wanted(items: IntArray, asked: list[Iterable[int]]) -> BoolArray:
    """(n, width) True where an entry is about one of the items asked for in its row."""
    lists = [[item for item in row if item >= 0] for row in asked]
    table = np.full((len(lists), max((len(row) for row in lists), default=0)), -2, np.int64)
    for place, row in enumerate(lists):
        table[place, : len(row)] = row
    found = np.zeros(items.shape, bool)
    for column in table.T:
        found |= items == column[:, None]
    return found


def _check(owners: IntArray, queries: FloatArray, query: Query) -> None:
    if owners.ndim != 1 or queries.ndim != 2 or len(owners) != len(queries):
        raise InputError(f"recall: owners must be (n,) and queries (n, d), not {owners.shape} and {queries.shape}.")
    if query.items is not None and len(query.items) != len(owners):
        raise InputError(f"recall: items must have one entry per query, {len(owners)}, not {len(query.items)}.")
    if query.k < 0:
        raise InputError(f"recall: k must be 0 or more (got {query.k}).")
    if not query.weights.half_life > 0:
        raise InputError(f"recall: half_life must be more than 0 ticks (got {query.weights.half_life}).")
