"""How opinions are spread, and how they move."""

import numpy as np

from townsquare.protocols.columns import FloatArray
from townsquare.sim.measures.network_view import NetworkView
from townsquare.sim.opinions.groups import group_sizes

_MOVED = 1e-5
"""A change of opinion below this is none."""
_EXTREME = 0.1


def opinions(view: NetworkView) -> dict[str, float]:
    """Mean, variance, groups, extremes and movement of a tick; of a panel beside all, where there is one.

    Of more than one opinion per node mean, variance and movement are over all, groups and extremes over the first.
    ``opinion_no_change`` is the mean squared change of the tick: the error of who says that nobody moves.
    """
    first = view.first
    sizes = group_sizes(first)
    mean, variance, moved, shift = _of(view.opinions, view.before)
    made = {
        "opinion_mean": mean,
        "opinion_variance": variance,
        "opinion_groups": float(len(sizes)),
        "opinion_groups_5": float((sizes >= 5).sum()),
        "opinion_extreme": float(((first < _EXTREME) | (first > 1 - _EXTREME)).mean()),
        "opinion_shift": shift,
        "opinion_no_change": float(((view.opinions - view.before) ** 2).mean()),
        "nodes_moved": moved,
    }
    if len(view.panel):
        names = ("panel_mean", "panel_variance", "panel_moved", "panel_shift")
        made |= dict(zip(names, _of(view.opinions[view.panel], view.before[view.panel]), strict=True))
    return made


def _of(now: FloatArray, before: FloatArray) -> tuple[float, float, float, float]:
    """Mean, variance, share that moved, mean absolute change."""
    change = np.abs(now - before)
    by_node = change if change.ndim == 1 else change.max(axis=1)
    return float(now.mean()), float(now.var(axis=0).mean()), float((by_node >= _MOVED).mean()), float(change.mean())
