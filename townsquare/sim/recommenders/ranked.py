"""One ranking for everybody, from which each agent gets what it may be shown."""

import numpy as np

from townsquare.protocols import FloatArray, IntArray, Slates


def ranked(order: IntArray, scores: FloatArray, n_agents: int, k: int, exclude: IntArray | None) -> Slates:
    """The first ``k`` ids of ``order`` for each of ``n_agents`` agents, the excluded ones left out.

    ``order`` is (n,) distinct ids, best first, and ``scores`` what they were ranked by. The cost does not grow with
    n: whoever has m excluded ids finds its ``k`` among the first k + m places.
    """
    chosen = np.full((n_agents, k), -1, np.int32)
    best = np.full((n_agents, k), -np.inf, np.float32)
    width = min(len(order), k + (0 if exclude is None else exclude.shape[1]))
    if not width or not n_agents or not k:
        return Slates(chosen, best)
    allowed = np.ones((n_agents, width), bool)
    if exclude is not None and exclude.size:
        head = np.argsort(order[:width])
        near = head[np.minimum(np.searchsorted(order[head], exclude), width - 1)]
        row, place = np.nonzero(order[near] == exclude)
        allowed[row, near[row, place]] = False
    nth = np.cumsum(allowed, axis=1) - 1
    row, column = np.nonzero(allowed & (nth < k))
    chosen[row, nth[row, column]] = order[column]
    best[row, nth[row, column]] = scores[column]
    return Slates(chosen, best)
