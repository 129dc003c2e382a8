"""When a bot speaks up: once per offending comment, never against counterspeech, never against itself or another bot.

The threshold of .6 is the dossier's, a reconstruction of Civilbot (arXiv 2603.03687); the loop guard is ours.
"""

import numpy as np

from townsquare.protocols.columns import BoolArray, FloatArray
from townsquare.protocols.counterspeech import Trigger
from townsquare.protocols.observations import Observations


def fires(
    trigger: Trigger,
    harm: FloatArray,
    *,
    by_bot: BoolArray,
    counters: BoolArray,
    countered: FloatArray,
    since: FloatArray,
) -> BoolArray:
    """Whether each comment is to be answered; all arguments of one shape, which the result has too.

    Args:
        trigger: the rule.
        harm: how harmful a comment is, 0 to 1; NaN, where nobody knows, never fires.
        by_bot: written by a bot, whichever.
        counters: is itself counterspeech.
        countered: how many bots have replied to it already.
        since: messages of its thread since a user's counterspeech, that one not counted; infinite where there was none.
    """
    heated = np.nan_to_num(harm, nan=0.0) >= trigger.harm
    return heated & ~by_bot & ~counters & (countered == 0) & (since >= trigger.quiet)


def due(trigger: Trigger, seen: Observations) -> BoolArray:
    """(n, k) which of the comments before n bots each is to answer: every comment by one bot at most.

    Reads the features ``harm``, ``bot``, ``counter``, ``countered`` and ``since`` (see ``fires``); one that is missing
    counts as harmless, no bot's, no counterspeech, not answered yet, nobody having spoken up. Comments go to
    the bots in turn, at most ``seen.limit`` to each, the first in the list first.
    """
    nothing = np.zeros(seen.items.shape)
    column = {name: np.asarray(seen.features.get(name, nothing), np.float64) for name in ("harm", "countered")}
    since = np.asarray(seen.features.get("since", nothing + np.inf), np.float64)
    marked = {name: np.asarray(seen.features.get(name, nothing)) > 0 for name in ("bot", "counter")}
    fired = fires(
        trigger,
        column["harm"],
        by_bot=marked["bot"],
        counters=marked["counter"],
        countered=column["countered"],
        since=since,
    )
    fired &= seen.items >= 0
    mine, given, load = np.zeros(fired.shape, bool), set[int](), np.zeros(len(seen), np.int64)
    for slot in range(fired.shape[1]):
        for row in np.argsort(load, kind="stable").tolist():
            item = int(seen.items[row, slot])
            if fired[row, slot] and item not in given and load[row] < seen.limit:
                mine[row, slot] = True
                given.add(item)
                load[row] += 1
    return mine
