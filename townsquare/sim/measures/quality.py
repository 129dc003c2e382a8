"""How good what is made, shown, clicked and liked is, and whether the good is what spreads."""

import numpy as np

from townsquare.protocols.columns import FloatArray
from townsquare.sim.measures.gini import gini
from townsquare.sim.measures.view import KINDS, TickView, mean, weighted_mean


def quality(view: TickView) -> dict[str, float]:
    """Mean quality of what is written, in circulation, shown, clicked and liked, and its correlation with success.

    Of this tick's new articles (``quality_created``) and of the window, plain and by what the articles have gathered.
    The correlation is Pearson's, with exposure, clicks and likes over the window; NaN when either does not vary.
    """
    all_quality = view.articles["quality"]
    window = all_quality[view.window]
    found = {
        "quality_created": mean(all_quality[view.new]),
        "quality_window": mean(window),
        "quality_window_gini": gini(window),
    }
    words = {"exposure": "quality_exposed", "click": "quality_clicked", "like": "quality_liked"}
    for kind in KINDS:
        total = view.total(kind)
        found[words[kind]] = weighted_mean(window, total)
        found[f"corr_quality_{kind}"] = correlation(window, total)
    return found


def correlation(a: FloatArray, b: FloatArray) -> float:
    """Pearson's; NaN when either side is constant or there are fewer than two values."""
    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])
