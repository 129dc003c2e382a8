"""How high one target stands among its candidates: exact over ties, and 0 where there is no answer."""

import numpy as np

from townsquare.protocols import FloatArray, IntArray, steady

CUTS = (1, 5, 10)


def metrics(scores: FloatArray, target: IntArray, cuts: tuple[int, ...] = CUTS) -> dict[str, FloatArray]:
    """NDCG and recall at each cut, and the reciprocal rank, per user.

    Args:
        scores: (users, k) higher is better; scores that agree to 9 decimals are tied, and so are all -inf. A row with
            a NaN is no answer: it scores 0 in every metric, less than chance would, so that saying nothing never pays.
        target: (users,) the target's place in its row.
        cuts: numbers of places that count.

    Returns:
        ``ndcg@k`` = 1 / log2(rank + 1) up to rank k (one relevant item, so the ideal is 1), ``recall@k`` = rank <= k,
        ``mrr`` = 1 / rank; each (users,), as expected when ties are broken at random: the target's rank is uniform over
        the places its score shares. Equal scores throughout give exactly what chance gives.
    """
    answered = np.logical_not(np.isnan(scores).any(axis=1))
    rounded = steady(np.where(np.isnan(scores), 0.0, scores))
    own = rounded[np.arange(len(rounded)), target][:, None]
    above, level = (rounded > own).sum(axis=1), (rounded == own).sum(axis=1)
    ranks = np.arange(1, scores.shape[1] + 1)
    possible = (ranks > above[:, None]) & (ranks <= (above + level)[:, None])
    weights = possible * (answered / level)[:, None]
    discount = 1.0 / np.log2(ranks + 1.0)
    found: dict[str, FloatArray] = {}
    for k in cuts:
        found[f"ndcg@{k}"] = weights @ np.where(ranks <= k, discount, 0.0)
    for k in cuts:
        found[f"recall@{k}"] = weights @ (ranks <= k).astype(np.float64)
    found["mrr"] = weights @ (1.0 / ranks)
    return found
