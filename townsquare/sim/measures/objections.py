"""What somebody who is shown a harmful post sees objected to it, and what norm that speaks of (ours)."""

import numpy as np

from townsquare.protocols.columns import BoolArray, FloatArray, IntArray


def objected(
    parent: IntArray, born: IntArray, counters: BoolArray, by_bot: BoolArray, tick: int, size: int
) -> IntArray:
    """(size,) how many objections stand below each post when timelines are filled at ``tick``.

    A bot speaks before that moment, a member after it: a bot's objection of the tick counts, a member's does not yet.

    Args:
        parent: (n,) what each post answers, -1 for none.
        born: (n,) its tick.
        counters: (n,) whether it is counterspeech.
        by_bot: (n,) whether a bot wrote it.
        tick: the moment.
        size: how many posts there are.
    """
    there = counters & (parent >= 0) & np.where(by_bot, born <= tick, born < tick)
    return np.bincount(parent[there].astype(np.int64), minlength=size)


def perceived_norm(harmful: FloatArray, objections: FloatArray) -> FloatArray:
    """(n,) the perceived norm, 1 to 7, of members without a mind to ask: a behavioural survey (ours).

    1 + 6 * objections / (harmful posts + objections) of all that a member has been shown: 1 where nobody ever objected,
    4 where every harmful post had one objection, towards 7 where there were many. NaN for who saw neither.
    """
    seen = np.asarray(harmful, np.float64) + objections
    share = np.divide(objections, seen, out=np.full(len(seen), np.nan), where=seen > 0)
    return 1.0 + 6.0 * share
