"""Which of the opinions that minds give a network takes, and why not the others."""

import numpy as np

from townsquare.protocols.actions import KIND as ACTION
from townsquare.protocols.actions import Actions
from townsquare.protocols.columns import IntArray
from townsquare.protocols.events import REASON


def objections(actions: Actions, asked: IntArray) -> IntArray:
    """(n,) codes of ``events.REASONS``, 0 for what is taken.

    Only those who were asked may answer, once each, on the one topic there is (item 0), and with an opinion in [0, 1].
    """
    here, done = set(asked.tolist()), set()
    reason = np.zeros(len(actions), np.int8)
    columns = (actions.agent, actions.kind, actions.item, actions.value)
    for row, (agent, kind, item, value) in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
        if agent not in here or kind != ACTION["opinion"] or not 0 <= value <= 1:
            reason[row] = REASON["not allowed"]
        elif item != 0:
            reason[row] = REASON["unknown item"]
        elif agent in done:
            reason[row] = REASON["twice"]
        else:
            done.add(agent)
    return reason
