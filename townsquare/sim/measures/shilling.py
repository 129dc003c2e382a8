"""What shills achieve in a shop, who notices, and what customers get (ours)."""

import numpy as np

from townsquare.protocols.columns import BoolArray, FloatArray, IntArray
from townsquare.sim.measures.shop_view import ShopView
from townsquare.sim.measures.view import mean


def shilling(view: ShopView) -> dict[str, float]:
    """NaN stands for what nobody was there for.

    ``target_exposure``: share of this tick's visitors who had not rated a target and were shown one;
    ``target_exposure_without``: the same, had the recommender learnt from customers alone. ``target_rating``: mean of
    the ratings printed beside the targets; ``target_count``: ratings they have. ``opinion_shown``: what visitors truly
    think of what they were shown, in ratings, and ``opinion_shown_without`` likewise. ``rating_given``: mean rating
    by customers. ``shill_ratings``: given in this tick. ``ratings_refused``: by the shop, in this tick.
    ``noticed_D`` and ``mistaken_D``: share of shills that have rated, and of customers, whom detector D flagged when
    it last looked. ``trust_shills`` and ``trust_customers``: mean weight that the defence last gave them;
    ``customers_lost``: share of customers trusted less than half. ``removed_of_shills`` and ``removed_of_customers``:
    share of their reviews that a moderator removed so far.
    """
    found = {
        "target_exposure": _exposure(view.shown, view.targets, view.fresh),
        "target_exposure_without": _exposure(view.without, view.targets, view.fresh),
        "target_rating": mean(view.printed[view.targets]),
        "target_count": mean(view.counts[view.targets].astype(np.float64)),
        "opinion_shown": _mean(view.opinions),
        "opinion_shown_without": _mean(view.opinions_without),
        "rating_given": mean(view.ratings),
        "shill_ratings": float(view.shill_ratings),
        "ratings_refused": float(view.refused),
    }
    if view.moderated:
        found["removed_of_shills"], found["removed_of_customers"] = view.removed
    for name, suspicion in view.suspicion.items():
        of = name.replace("-", "_")
        flagged = suspicion.flagged
        found[f"noticed_{of}"] = mean(flagged[view.n_customers :][view.active].astype(np.float64))
        found[f"mistaken_{of}"] = mean(flagged[: view.n_customers].astype(np.float64))
    if view.trust is not None:
        weights = view.trust.weights
        found["trust_shills"] = mean(weights[view.n_customers :][view.active])
        found["trust_customers"] = mean(weights[: view.n_customers])
        found["customers_lost"] = mean((weights[: view.n_customers] < 0.5).astype(np.float64))
    return found


def _exposure(shown: IntArray, targets: IntArray, fresh: BoolArray) -> float:
    """Share of pairs (visitor, target not yet rated) in which the target was shown."""
    if not fresh.any():
        return float("nan")
    there = (shown[:, :, None] == targets).any(axis=1)
    return float(there[fresh].mean())


def _mean(values: FloatArray) -> float:
    return mean(values[~np.isnan(values)])
