"""Whom and what the recommender can learn about, and how well it places what is liked."""

import numpy as np

from townsquare.protocols.events import REASON
from townsquare.sim.measures.view import TickView

_CUTOFF = 5


def training(view: TickView) -> dict[str, float]:
    """Shares of readers and articles that the recommender can learn from, and how well it ranks (MRR@5).

    The shares are those with at least one like in the training window; articles are those of earlier ticks in
    circulation.

    The published code takes MRR@5 on a held-out tenth of the likes; ours is prequential: each list is judged by the
    likes it then gets (reciprocal rank of the first liked article among the first five match places, 0 if none; mean
    over readers who got match places).
    """
    n_active = len(view.active)
    return {
        "users_in_training": float(view.trained_readers.mean()),
        "articles_in_training": view.trained_articles / n_active if n_active else 0.0,
        "match_mrr@5": _match_mrr(view),
    }


def _match_mrr(view: TickView) -> float:
    is_match = view.sources == REASON["match"]
    rank = np.where(is_match, np.cumsum(is_match, axis=1), 0)
    served = is_match.any(axis=1)
    if not served.any():
        return float("nan")
    of_likes = rank[view.liked.agent, view.liked.slot]
    good = (of_likes > 0) & (of_likes <= _CUTOFF)
    best = np.zeros(view.n_readers)
    np.maximum.at(best, view.liked.agent[good], 1.0 / of_likes[good])
    return float(best[served].mean())
