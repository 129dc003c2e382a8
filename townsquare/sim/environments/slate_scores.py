"""What the recommender scored the items that it chose, kept from the filling of lists until they are written down."""

import numpy as np

from townsquare.protocols.columns import FloatArray, IntArray, steady
from townsquare.protocols.errors import ContractError
from townsquare.protocols.events import REASON
from townsquare.protocols.slates import Slates

_DIGITS = 5
"""Of event values."""


class SlateScores:
    """The scores of one tick's slates, by agent and item: later steps may cut and reorder lists as they like.

    Blocks of agents may be noted from several threads, in any order; each (agent, item) at most once.
    """

    def __init__(self, wanted: bool) -> None:
        """``wanted`` is ``record.scores``; without it nothing is kept, and all scores are 0."""
        self.wanted = wanted
        self._parts: list[tuple[IntArray, IntArray, FloatArray]] = []

    def note(self, agents: IntArray, slates: Slates, who: str) -> None:
        """Keep the scores of what was recommended to ``agents``, a row each.

        Raises ContractError, which names the recommender ``who``, for scores that do not fit the items, or are not
        finite where there is one.
        """
        if not self.wanted:
            return
        items, scores = np.asarray(slates.items), np.asarray(slates.scores)
        if scores.shape != items.shape or scores.dtype.kind not in "fiu":
            raise ContractError(
                f"{who} gave scores of type {scores.dtype} and shape {scores.shape}, "
                f"not numbers of shape {items.shape}."
            )
        row, place = np.nonzero(items >= 0)
        found = scores[row, place].astype(np.float64)
        if not np.isfinite(found).all():
            raise ContractError(f"{who} gave an item a score that is not finite.")
        self._parts.append((agents[row].astype(np.int64), items[row, place].astype(np.int64), steady(found, _DIGITS)))

    def of(self, agents: IntArray, items: IntArray, why: IntArray) -> FloatArray:
        """(n,) the score of each of n places; 0 where ``why`` is not ``match``, and everywhere if none are wanted."""
        found = np.zeros(len(items))
        chosen = np.flatnonzero(why == REASON["match"])
        if not self._parts or not len(chosen):
            return found
        agent, item, score = (np.concatenate(column) for column in zip(*self._parts, strict=True))
        span = int(item.max(initial=0)) + 1
        keys = agent * span + item
        order = np.argsort(keys)
        wanted = agents[chosen].astype(np.int64) * span + items[chosen]
        found[chosen] = score[order[np.searchsorted(keys, wanted, sorter=order)]]
        return found
