"""What rankers have to put in order: the target among items it is to be told from."""

from dataclasses import dataclass

import numpy as np

from townsquare.evaluate.lists import Lists
from townsquare.protocols import DataError, IntArray, Streams


@dataclass(frozen=True, slots=True)
class Candidates:
    """One row per user; the same for every ranker."""

    items: IntArray
    """(users, k) item ids, shuffled, all different within a row."""
    target: IntArray
    """(users,) the target's place in its row."""


def draw(lists: Lists, streams: Streams, k: int = 10) -> Candidates:
    """Each user's target and ``k - 1`` others, shuffled by name.

    The others are the first ``k - 1`` of the user's own list, without the target and repeats (AgentCF's rule), where
    the data have such lists; else drawn uniformly from the items of the target's domain that the user never had. Raises
    DataError where there are not enough.
    """
    rows = np.zeros((len(lists), k), np.int64)
    place = np.zeros(len(lists), np.int64)
    for user in range(len(lists)):
        target = int(lists.targets[user])
        others = _listed(lists, user, target) if lists.negatives else _drawn(lists, user, target, streams)
        if len(others) < k - 1:
            where = "its candidate list" if lists.negatives else "what the user never had in the target's domain"
            raise DataError(
                f"user {lists.user_ids[user]!r}: {k - 1} candidates besides the target are needed, and {where} has "
                f"{len(others)}; ask for fewer candidates."
            )
        row = np.array([*others[: k - 1], target])
        order = streams.get("candidates", lists.user_ids[user]).permutation(k)
        rows[user], place[user] = row[order], int(np.flatnonzero(order == k - 1)[0])
    return Candidates(rows, place)


def remarks(lists: Lists, candidates: Candidates) -> tuple[str, ...]:
    """What a reader of the table should know about the candidates, one sentence each."""
    found = []
    had = sum(int(np.isin(row, lists.history[user]).sum()) for user, row in enumerate(candidates.items))
    repeated = [bool(np.isin(lists.targets[u], lists.history[u])) for u in range(len(lists))]
    if any(repeated):
        found.append(f"{sum(repeated)} of {len(lists)} targets are items that the user had before.")
    negatives = had - sum(repeated)
    if negatives:
        total = candidates.items.size - len(lists)
        found.append(
            f"{negatives} of {total} negatives are items that the user had before: liking them counts as wrong."
        )
    cold = ~np.isin(lists.targets, np.concatenate(lists.history))
    if cold.any():
        found.append(
            f"{int(cold.sum())} of {len(lists)} targets occur in nobody's history: only their text says anything."
        )
    return tuple(found)


def _listed(lists: Lists, user: int, target: int) -> list[int]:
    return [item for item in dict.fromkeys(lists.negatives[user].tolist()) if item != target]


def _drawn(lists: Lists, user: int, target: int, streams: Streams) -> list[int]:
    """Items in a random order that is the user's own; one more item in the catalogue does not reorder the others."""
    alike = np.flatnonzero(lists.domain_numbers == lists.domain_numbers[target])
    free = np.setdiff1d(alike, np.append(lists.history[user], target))
    draws = streams.uniform("negatives", 0, np.full(len(free), user), free)
    found: list[int] = free[np.argsort(draws, kind="stable")].tolist()
    return found
