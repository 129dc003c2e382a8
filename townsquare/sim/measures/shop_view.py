"""What measures look at: one finished tick of a shop."""

from collections.abc import Mapping
from dataclasses import dataclass

from townsquare.protocols.columns import BoolArray, FloatArray, IntArray
from townsquare.protocols.defence import Trust
from townsquare.protocols.detector import Suspicion
from townsquare.protocols.interactions import Scale


@dataclass(frozen=True, slots=True)
class ShopView:
    """One tick, after everything in it has happened. Customers have the ids from 0, shills those after them."""

    tick: int
    scale: Scale
    n_customers: int
    n_shills: int
    active: BoolArray
    """(shills,) which have rated anything so far."""
    targets: IntArray
    """(t,) item ids, the same whether anybody shills or not."""
    visitors: IntArray
    """(v,) the customers that came."""
    shown: IntArray
    """(v, k) what they were shown, -1 in empty places."""
    without: IntArray
    """(v, k) what they would have been shown had the recommender learnt from customers alone."""
    fresh: BoolArray
    """(v, t) True where a visitor has not rated a target before this tick."""
    opinions: FloatArray
    """(v, k) what visitors truly think of what they were shown; NaN in empty places."""
    opinions_without: FloatArray
    """(v, k) likewise of ``without``."""
    ratings: FloatArray
    """(r,) ratings that customers gave in this tick."""
    shill_ratings: int
    """Ratings that shills gave in this tick."""
    refused: int
    """Ratings of this tick that the shop did not take."""
    printed: FloatArray
    """(items,) the mean rating that the shop prints."""
    counts: IntArray
    """(items,) ratings each item has."""
    suspicion: Mapping[str, Suspicion]
    """By detector, what it last thought of all accounts."""
    trust: Trust | None
    """What the defence last thought of all accounts; None without a defence."""
    moderated: bool = False
    """Whether a moderator looks at reviews."""
    removed: tuple[float, float] = (float("nan"), float("nan"))
    """Share of all reviews by shills, and by customers, that a moderator removed so far; NaN where there are none."""
