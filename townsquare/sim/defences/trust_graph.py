"""Who trusts whom: from a table, or from how two users agree (our reconstruction)."""

import csv
import math
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array, diags_array

from townsquare.protocols import DataError, FloatArray, Interactions

_BLOCK = 1_000
"""Users who are compared with all others at a time: memory is 8 bytes times this times the users, a few times over."""


def agreeing(log: Interactions, friends: int, common: int) -> csr_array:
    """(n_users, n_users) weights above 0: each user trusts the ``friends`` who agree with it most beyond chance.

    Where there are ratings, two users agree on an item that both rated if both like it or neither does (no matter how
    much). By chance they would with probability q^2 + (1 - q)^2, q being the share of its raters who like it. The
    weight is z = (agreements - expected) / standard deviation, over the items they share; what everybody likes, as
    popular items often are, says nothing. Without ratings they agree on every item that both took to; expected are
    sum_i p_ui p_vi, with p_ui = 1 - exp(-n_u n_i / n), as if n rows had been dealt out at random, which leaves users as
    active and items as popular as they are; the standard deviation is the root of what is expected.

    Pairs with fewer than ``common`` items in common or with z <= 0 do not trust each other; ties go to the smaller id.
    """
    n = log.n_users
    rows, columns, weights = [], [], []
    signs = _signs(log)
    for start in range(0, n, _BLOCK):
        block = np.arange(start, min(start + _BLOCK, n))
        z = _beyond_chance(signs, block, common)
        z[np.arange(len(block)), block] = 0.0
        best = np.argsort(-z, axis=1, kind="stable")[:, :friends]
        strength = np.take_along_axis(z, best, axis=1)
        row, place = np.nonzero(strength > 0)
        rows.append(block[row])
        columns.append(best[row, place])
        weights.append(strength[row, place])
    if not rows:
        return csr_array((n, n), dtype=np.float64)
    edges = (np.concatenate(rows), np.concatenate(columns))
    return csr_array((np.concatenate(weights), edges), shape=(n, n))


def _signs(log: Interactions) -> tuple[csr_array, csr_array]:
    """(n_users, n_items) 1 where a user likes an item, and 1 where it rated the item and does not."""
    liked = np.ones(len(log), bool) if log.scale is None else log.values >= log.scale.liked
    likes, others = log.where(liked).matrix(), log.where(~liked).matrix()
    return likes.astype(np.float64), (others - others * likes).astype(np.float64)


def _beyond_chance(signs: tuple[csr_array, csr_array], block: np.ndarray, common: int) -> FloatArray:
    """(len(block), n_users) z, rounded so that its last bits decide nothing; 0 for too few items in common."""
    likes, others = signs
    both = likes + others
    shared = (both[block] @ both.T).toarray()
    raters = both.sum(axis=0)
    if others.nnz:
        q = np.divide(likes.sum(axis=0), raters, out=np.zeros(len(raters)), where=raters > 0)
        chance = q * q + (1 - q) * (1 - q)
        agreed = (likes[block] @ likes.T + others[block] @ others.T).toarray()
        expected = (both[block] @ diags_array(chance) @ both.T).toarray()
        variance = (both[block] @ diags_array(chance * (1 - chance)) @ both.T).toarray()
    else:
        rate = raters / max(1.0, math.sqrt(raters.sum()))
        activity = likes.sum(axis=1) / max(1.0, math.sqrt(raters.sum()))
        dealt = -np.expm1(-activity[:, None] * rate)
        agreed, expected = shared, dealt[block] @ dealt.T
        variance = expected
    spread = np.sqrt(np.maximum(variance, 1e-9))
    z = np.where(shared >= common, (agreed - expected) / spread, 0.0)
    return np.round(np.maximum(z, 0.0), 6)


def read_graph(path: Path, n_users: int) -> csr_array:
    """(n_users, n_users) weights of a table with the columns ``user, followed`` and, where there, ``weight`` (else 1).

    Users are named by their numbers in the log. A negative weight is distrust; repeated pairs add up, and pairs that
    come to 0 or name the same user twice are left out. Raises DataError with file and line.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            table = csv.DictReader(file)
            columns = [name for name in ("user", "followed") if name not in (table.fieldnames or ())]
            if columns:
                raise DataError(f"{path}: there is no column {columns[0]!r}; needed are user, followed (and weight).")
            edges = [_edge(path, table.line_num, row, n_users) for row in table]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"the graph of trust {path} cannot be read: {error}.") from error
    numbers = np.array(edges, np.float64).reshape(-1, 3)
    ends = numbers[:, :2].astype(np.int64).T
    graph = csr_array((numbers[:, 2], (ends[0], ends[1])), shape=(n_users, n_users))
    graph.setdiag(0.0)
    graph.sum_duplicates()
    graph.eliminate_zeros()
    return graph


def _edge(path: Path, line: int, row: dict[str, str], n_users: int) -> tuple[int, int, float]:
    ends = []
    for name in ("user", "followed"):
        cell = row[name] or ""
        if not cell.isascii() or not cell.isdigit() or int(cell) >= n_users:
            raise DataError(
                f"{path}, line {line}: {name} must be the number of a user, 0 to {n_users - 1} (got {cell!r})."
            )
        ends.append(int(cell))
    cell = row.get("weight") or "1"
    try:
        weight = float(cell)
    except ValueError:
        weight = math.nan
    if not math.isfinite(weight):
        raise DataError(f"{path}, line {line}: weight must be a finite number (got {cell!r}).")
    return ends[0], ends[1], weight
