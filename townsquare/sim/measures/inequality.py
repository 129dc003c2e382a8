"""How unequally exposure, clicks and likes fall on articles and on creators."""

import numpy as np

from townsquare.sim.measures.gini import gini
from townsquare.sim.measures.view import KINDS, TickView


def inequality(view: TickView) -> dict[str, float]:
    """Gini of what the articles in the window, and their creators, have gathered; zeros count."""
    author = view.articles["author"][view.window].astype(np.int64) - view.n_readers
    found = {}
    for kind in KINDS:
        total = view.total(kind)
        found[f"{kind}_gini_articles"] = gini(total)
        found[f"{kind}_gini_creators"] = gini(np.bincount(author, weights=total, minlength=view.n_creators))
    return found
