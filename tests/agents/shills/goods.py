"""A little shop with ratings and behavioural reviews, and what an attacker knows of it."""

import asyncio
from dataclasses import replace
from typing import Any

import numpy as np

from townsquare.agents.reviewers.behavioural import with_reviews
from townsquare.agents.shills.agent_shill import AgentShill
from townsquare.protocols import Campaign, Catalogue, Interactions, Knowledge, Profiles, Streams
from townsquare.protocols.interactions import Scale

STARS = Scale(1.0, 5.0, 4.0)
NAMES = ("Animation", "Crime", "Drama", "Western")
N, M, EACH = 120, 100, 20


def titles() -> tuple[str, ...]:
    return tuple(f"Brannock Tale {number}" for number in range(M))


def shop(seed: int = 0, *, reviews: bool = True) -> tuple[Interactions, Catalogue]:
    """Tastes by category, items of different quality, every user rates as many."""
    rng = Streams(seed).get("goods")
    categories = np.sort(rng.integers(len(NAMES), size=M)).astype(np.int32)
    taste, quality = rng.normal(size=(N, len(NAMES))), rng.normal(size=M) / 2
    items = np.concatenate([rng.choice(M, EACH, replace=False) for _ in range(N)])
    users = np.repeat(np.arange(N), EACH)
    felt = 3.3 + 0.8 * taste[users, categories[items]] + quality[items] + rng.normal(size=len(items)) / 2
    log = Interactions(users, items, STARS.nearest(felt), np.zeros(len(items), int), N, M, STARS)
    if reviews:
        log = with_reviews(log, titles(), categories, Streams(seed), category_names=NAMES)
    return log, replace(Catalogue.bare(M), categories=categories)


def known(log: Interactions, catalogue: Catalogue, **more: Any) -> Knowledge:
    """What is public; ``titles=None`` for a shop that names nothing."""
    told = {"titles": titles(), "category_names": NAMES} | more
    return Knowledge(log, catalogue, "black", 0.1, Streams(0).get("sample"), **told)


def crafted(
    knows: Knowledge,
    targets: list[int],
    accounts: int = 6,
    fillers: int = 20,
    intent: Any = "push",
    seed: int = 0,
    **of: Any,
) -> Profiles:
    """What ``AgentShill`` with these settings makes of a campaign."""
    attack = AgentShill(AgentShill.Config(**of), Streams(seed))
    return asyncio.run(attack.craft(knows, Campaign(np.array(targets), accounts, fillers, intent)))
