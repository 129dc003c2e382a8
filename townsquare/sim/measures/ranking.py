"""How well slates hit what was held out: full ranking, binary relevance."""

import numpy as np
from scipy.sparse import csr_array

from townsquare.protocols import BoolArray, IntArray


def ranking(items: IntArray, relevant: csr_array, k: int) -> dict[str, float]:
    """Recall, NDCG, hit rate and reciprocal rank of the first ``k`` places, averaged over users.

    Args:
        items: (users, places) item ids, best first, -1 in empty places, from a ranking of all items.
        relevant: (users, items) nonzero where an item is what should have been found. Users without any are left
            out of the averages; when none is left, all numbers are NaN.
        k: How many places count; slates may be shorter.

    Returns:
        recall@k = hits / relevant; ndcg@k = DCG / IDCG with gain 1 and discount 1 / log2(rank + 1), ranks from 1 and
        the ideal list holding min(k, relevant) items (Jarvelin and Kekalainen 2002); hr@k = 1 with at least one
        hit; mrr@k = 1 / rank of the first hit, 0 without one.
    """
    wanted = np.diff(csr_array(relevant).indptr)
    judged = wanted > 0
    names = (f"recall@{k}", f"ndcg@{k}", f"hr@{k}", f"mrr@{k}")
    if not judged.any():
        return dict.fromkeys(names, float("nan"))
    hit = hits(items[:, :k], relevant)[judged]
    wanted = wanted[judged]
    discount = 1.0 / np.log2(np.arange(2, k + 2))
    ideal = np.cumsum(discount)[np.minimum(wanted, k) - 1]
    found = hit.any(axis=1)
    per_user = (
        hit.sum(axis=1) / wanted,
        hit @ discount[: hit.shape[1]] / ideal,
        found.astype(np.float64),
        np.where(found, 1.0 / (1.0 + hit.argmax(axis=1)), 0.0) if hit.shape[1] else np.zeros(len(hit)),
    )
    return {name: float(values.mean()) for name, values in zip(names, per_user, strict=True)}


def hits(items: IntArray, relevant: csr_array) -> BoolArray:
    """(users, places) True where the item shown is relevant; an empty place never is."""
    relevant = csr_array(relevant)
    n_users, n_items = relevant.shape
    rows = np.repeat(np.arange(n_users), np.diff(relevant.indptr))
    pairs = rows * n_items + relevant.indices
    shown = np.arange(n_users)[:, None] * n_items + items
    found: BoolArray = np.isin(shown, pairs) & (items >= 0)
    return found
