"""How far false articles get, and how well those who remove them tell them from true ones (ours)."""

import numpy as np

from townsquare.sim.measures.view import TickView, mean


def rumours(view: TickView) -> dict[str, float]:
    """Nothing in a town without rumours.

    ``false_shown`` and ``false_clicked``: share of this tick's exposures and clicks that fall on false articles (NaN
    without any). ``disputes_per_user``: of this tick. ``removed_articles``: how many so far. ``removal_precision``: the
    share of them that are false (NaN when none is removed). ``removal_recall``: the share of false articles, among
    those in circulation when the tick began, that are removed (NaN when none is false).
    """
    seen = view.rumours
    if seen is None:
        return {}
    shown = view.shown[view.shown >= 0]
    old = view.active[seen.false[view.active]]
    return {
        "false_shown": mean(seen.false[shown].astype(np.float64)),
        "false_clicked": mean(seen.false[view.clicked.item].astype(np.float64)),
        "disputes_per_user": seen.disputed / view.n_readers,
        "removed_articles": float(seen.removed.sum()),
        "removal_precision": mean(seen.false[seen.removed].astype(np.float64)),
        "removal_recall": mean(seen.removed[old].astype(np.float64)),
    }
