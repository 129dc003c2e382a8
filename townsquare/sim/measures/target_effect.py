"""How far an attack got with its target: where the target stands in the lists of those who have not rated it."""

import numpy as np

from townsquare.protocols.columns import BoolArray, IntArray

CUTS = (10, 50)
"""Places that count in the hit rate."""


def target_effect(
    items: IntArray, target: int, who: BoolArray, unrated: IntArray, cuts: tuple[int, ...] = CUTS, k: int = 10
) -> dict[str, float]:
    """Hit rates, NDCG and mean rank of ``target`` in full rankings.

    Args:
        items: (users, places) all items that a user has not rated, best first, -1 in empty places.
        target: whose place is looked up.
        who: (users,) whose lists count: genuine users who have not rated the target.
        unrated: (users,) how many items each could have been shown, the target among them.
        cuts: places that count in the hit rates.
        k: places that count in the NDCG.

    Returns:
        ``hr@c``: share of users with the target among the first c places; ``ndcg@k``: mean of 1 / log2(rank + 1) up to
        rank k, else 0; ``rank``: mean rank from 1. A recommender that says nothing about the target puts it nowhere: no
        hit, and as its rank the middle of the places that were left. All NaN where nobody counts.

    The hit rate is that of Leg-UP's code (Lin et al., TKDE 2022) over all unrated items; mean rank is ours, because
    robust recommenders move there and not among the first ten.
    """
    if not who.any():
        return dict.fromkeys((*(f"hr@{cut}" for cut in cuts), f"ndcg@{k}", "rank"), float("nan"))
    lists = items[who]
    there = lists == target
    placed = there.any(axis=1)
    rank = np.where(placed, there.argmax(axis=1) + 1.0, np.inf)
    filled = (lists >= 0).sum(axis=1)
    found = {f"hr@{cut}": float((rank <= cut).mean()) for cut in cuts}
    found[f"ndcg@{k}"] = float(np.where(rank <= k, 1.0 / np.log2(rank + 1.0), 0.0).mean())
    found["rank"] = float(np.where(placed, rank, (filled + 1.0 + unrated[who]) / 2).mean())
    return found
