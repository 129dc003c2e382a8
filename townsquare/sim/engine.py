"""One tick of any town. Knows contracts only."""

import asyncio
from collections.abc import Mapping, Sequence

from townsquare.protocols.actions import Actions
from townsquare.protocols.events import Events
from townsquare.protocols.observations import Observations
from townsquare.protocols.town import Mind, Remembers, Town


async def tick(t: int, town: Town) -> Events:
    """Everything that happens in tick ``t``, as events in a fixed order.

    Results never depend on which mind answers first: nothing in the town changes between ``observe`` and the moment
    the last answer is in.
    """
    environment = town.environment
    made = environment.apply(t, await decide(environment.supply(t), town.minds))  # supply: creators post
    if town.learns:
        town.recommender.fit(*environment.history(t))  # learn, before anybody is shown anything
    slates = environment.match(t, town.recommender)  # match
    seen = environment.observe(t, slates)  # observe
    actions = await decide(seen, town.minds)  # decide: the one barrier
    events = Events.concat([made, environment.apply(t, actions)])  # apply, in a fixed order
    for mind in town.minds.values():
        if isinstance(mind, Remembers):
            mind.remember(t, events)  # remember
    town.recommender.update(events)
    return events


async def decide(seen: Sequence[Observations], minds: Mapping[str, Mind]) -> list[Actions]:
    """What every cohort wants to do, all minds at once; answers in the order of ``seen``."""
    return list(await asyncio.gather(*(minds[cohort.group].decide(cohort) for cohort in seen)))
