"""Items that are kept out of lists: the scenario's key ``withheld`` as arrays."""

from collections.abc import Sequence

import numpy as np

from townsquare.protocols.columns import IntArray
from townsquare.sim.scenarios.feed import Withheld


class Barred:
    """What nobody, and what each of some agents, is to find in a list.

    To a recommender it is a further column of ``exclude``, never a candidate less: whoever draws from the candidates
    draws as it would have, so that only those lists differ in which the item would have been.
    """

    def __init__(self, entries: Sequence[Withheld], end: int) -> None:
        """``end``: how many items there are. Later ones are in no list yet, and nobody need be told of them."""
        there = [one for one in entries if one.item < end]
        self.everywhere: IntArray = np.unique(np.array([one.item for one in there if one.agent is None], np.int64))
        """Items that nobody is shown, ascending."""
        common = set(self.everywhere.tolist())
        pairs = sorted({(one.agent, one.item) for one in there if one.agent is not None and one.item not in common})
        self.agents: IntArray = np.array([agent for agent, _ in pairs], np.int64)
        """Agents that are not shown an item that others may be shown, ascending."""
        self.items: IntArray = np.array([item for _, item in pairs], np.int64)
        """(len(agents),) that item."""

    def __bool__(self) -> bool:
        return bool(len(self.everywhere) or len(self.items))

    def of(self, agents: IntArray) -> IntArray:
        """(len(agents), m) what each of ``agents``, ascending, is not to be shown, -1 padded; m is 0 for nothing."""
        n, common = len(agents), len(self.everywhere)
        if not self or not n:
            return np.full((n, 0), -1, np.int32)
        row = np.minimum(np.searchsorted(agents, self.agents), n - 1)
        mine = agents[row] == self.agents
        row, items = row[mine], self.items[mine]
        place = np.arange(len(row)) - np.searchsorted(row, row)
        table = np.full((n, common + int(place.max(initial=-1)) + 1), -1, np.int32)
        table[:, :common] = self.everywhere
        table[row, common + place] = items
        return table
