"""What is put before agents: k item ids each, best first."""

from dataclasses import dataclass

import numpy as np

from townsquare.protocols.columns import NOBODY, BoolArray, FloatArray, IntArray, steady


@dataclass(frozen=True, slots=True)
class Slates:
    """One row per agent asked for, in the order asked."""

    items: IntArray
    """(agents, k) item ids, best first, no id twice in a row; -1 in the places left empty, which come last."""
    scores: FloatArray
    """(agents, k) what the ids were ranked by; -inf in empty places."""

    @classmethod
    def nothing(cls) -> "Slates":
        """Nobody is shown anything."""
        return cls(np.zeros((0, 0), np.int32), np.zeros((0, 0), np.float32))


def top_k(scores: FloatArray, items: IntArray, k: int, allowed: BoolArray | None = None) -> Slates:
    """The ``k`` best items of each row, ties to the earlier column.

    ``scores`` is (agents, len(items)); ``allowed`` of the same shape marks what may be chosen. Scores are rounded
    before they are compared, so that the last bit of a float decides nothing; non-finite scores are never chosen.
    """
    ranked = steady(scores.astype(np.float32), 6)
    bad = ~np.isfinite(ranked)
    if allowed is not None:
        bad |= ~allowed
    ranked[bad] = -np.inf
    n_rows, n_columns = ranked.shape
    width = min(k, n_columns)
    chosen = np.full((n_rows, k), NOBODY, np.int32)
    best = np.full((n_rows, k), -np.inf, np.float32)
    if width and n_rows:
        columns = _best_columns(ranked, width)
        top = np.take_along_axis(ranked, columns, axis=1)
        chosen[:, :width] = np.where(np.isfinite(top), items[columns], NOBODY)
        best[:, :width] = top
    return Slates(chosen, best)


def _best_columns(ranked: FloatArray, width: int) -> IntArray:
    """Columns of the ``width`` largest values of each row, largest first, ties to the smaller column."""
    n_columns = ranked.shape[1]
    if width == n_columns:
        return np.argsort(-ranked, axis=1, kind="stable")
    edge = np.partition(ranked, n_columns - width, axis=1)[:, n_columns - width, None]
    sure = ranked > edge
    # among the values equal to the edge only the leftmost are taken, however argpartition would have cut them
    room = width - sure.sum(axis=1, keepdims=True)
    level = ranked == edge
    taken = sure | (level & (np.cumsum(level, axis=1, dtype=np.int32) <= room))
    columns = np.nonzero(taken)[1].reshape(len(ranked), width)
    order = np.argsort(-np.take_along_axis(ranked, columns, axis=1), axis=1, kind="stable")
    return np.take_along_axis(columns, order, axis=1)
