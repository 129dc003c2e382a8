"""Which ratings a shop takes, and why not the others."""

import numpy as np

from townsquare.protocols.actions import KIND as ACTION
from townsquare.protocols.actions import Actions
from townsquare.protocols.columns import BoolArray, IntArray
from townsquare.protocols.events import REASON
from townsquare.protocols.interactions import Scale


def objections(
    actions: Actions, accounts: range, scale: Scale, rated: BoolArray, lists: dict[int, IntArray] | None, limit: int
) -> tuple[IntArray, IntArray]:
    """(n,) codes of ``events.REASONS``, 0 for what is taken, and (n,) the place in the list of what was rated, or -1.

    Args:
        actions: what is wanted; anything but ``rate`` is not allowed.
        accounts: who may act.
        scale: the ratings that there are.
        rated: (accounts in all, items) True where an account has rated an item already.
        lists: what each visitor was shown, where only that may be rated; None where anything may.
        limit: how many ratings each account may give.
    """
    n_items = rated.shape[1]
    reason, slot = np.zeros(len(actions), np.int8), np.full(len(actions), -1)
    done: dict[int, set[int]] = {}
    columns = (actions.agent, actions.kind, actions.item, actions.value)
    for row, (agent, kind, item, value) in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
        why = ""
        mine = done.setdefault(agent, set())
        if agent not in accounts or kind != ACTION["rate"] or not _on(scale, value):
            why = "not allowed"
        elif not 0 <= item < n_items:
            why = "unknown item"
        elif lists is not None and (agent not in lists or item not in lists[agent]):
            why = "not shown"
        elif item in mine or rated[agent, item]:
            why = "twice"
        elif len(mine) >= limit:
            why = "over the limit"
        else:
            mine.add(item)
            if lists is not None:
                slot[row] = int(np.flatnonzero(lists[agent] == item)[0])
        reason[row] = REASON[why]
    return reason, slot


def _on(scale: Scale, value: float) -> bool:
    """Whether a number is one of the ratings; NaN and infinity are none."""
    if not scale.low - 1e-9 <= value <= scale.high + 1e-9:
        return False
    steps = (value - scale.low) / scale.step
    return abs(steps - round(steps)) < 1e-6
