"""How much is clicked and liked, and what the likes are made of."""

import numpy as np

from townsquare.sim.measures.gini import gini
from townsquare.sim.measures.view import TickView, mean


def interaction(view: TickView) -> dict[str, float]:
    """Clicks and likes per reader of this tick, and over the window as the published code counts them.

    ``likes_per_user_window`` sums the likes that the articles in the window have gathered and can exceed the clicks of
    one tick.
    """
    likes = np.bincount(view.liked.agent, minlength=view.n_readers)
    total = view.total("like")
    return {
        "likes_per_user": float(likes.mean()),
        "clicks_per_user": len(view.clicked.agent) / view.n_readers,
        "likes_gini_users": gini(likes),
        "likes_per_user_window": float(total.sum()) / view.n_readers,
        "likes_per_article": mean(total),
        "likes_per_creator": float(total.sum()) / view.n_creators,
        "like_quality_part": mean(view.quality_part[view.is_liked]),
        "like_match_part": mean(view.match_part[view.is_liked]),
    }
