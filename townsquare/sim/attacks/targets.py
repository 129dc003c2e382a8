"""Which items are attacked: by a rule, or by name."""

from collections.abc import Sequence

import numpy as np

from townsquare.protocols import InputError, IntArray, Interactions
from townsquare.protocols.errors import did_you_mean

RULES = ("unpopular", "least-popular", "popular", "random")
"""``unpopular``: 6 to 49 ratings, and a mean in the lower half of the scale (SDLib). ``least-popular``: among the fifth
of the rated items with the fewest ratings (ARLib). ``popular``: the most rated. ``random``: any that somebody rated.
"""


def choose_targets(wanted: str | Sequence[int], n: int, log: Interactions, rng: np.random.Generator) -> IntArray:
    """Item numbers, sorted: ``n`` drawn by a rule (``popular`` draws nothing), or those that are given.

    Raises InputError for a rule that there is not, an item that there is not, one that everybody has rated already,
    where fewer than ``n`` items fit a rule, and for ``unpopular`` where there are no ratings on a scale.
    """
    if not isinstance(wanted, str):
        return _given(wanted, log)
    if wanted not in RULES:
        raise InputError(f"there is no rule {wanted!r}{did_you_mean(wanted, RULES)} Rules: {', '.join(RULES)}.")
    counts = np.bincount(log.items, minlength=log.n_items)
    fit = _fitting(wanted, log, counts)
    if len(fit) < n:
        raise InputError(f"{n} targets are wanted, and {len(fit)} items fit the rule {wanted!r}.")
    if wanted == "popular":
        return np.sort(fit[np.argsort(-counts[fit], kind="stable")][:n])
    return np.sort(rng.choice(fit, n, replace=False))


def _fitting(rule: str, log: Interactions, counts: IntArray) -> IntArray:
    rated = np.flatnonzero(counts)
    if rule == "least-popular":
        order = rated[np.argsort(counts[rated], kind="stable")]
        return order[: max(1, len(order) // 5)]
    if rule != "unpopular":
        return rated
    if log.scale is None:
        raise InputError("rule 'unpopular' goes by bad ratings, and there are none on a scale here; name another rule.")
    total = np.bincount(log.items, weights=log.values, minlength=log.n_items)
    middle = (log.scale.low + log.scale.high) / 2
    return np.flatnonzero((counts > 5) & (counts < 50) & (total <= middle * counts))


def _given(wanted: Sequence[int], log: Interactions) -> IntArray:
    users = len(np.unique(log.users))
    for item in wanted:
        if not 0 <= item < log.n_items:
            raise InputError(f"there is no item {item}; they go from 0 to {log.n_items - 1}.")
        if users and len(np.unique(log.users[log.items == item])) >= users:
            raise InputError(f"everybody has rated item {item}, so nobody is left who could be shown it.")
    if not len(wanted):
        raise InputError("name at least one target.")
    return np.unique(np.array(wanted, np.int64))
