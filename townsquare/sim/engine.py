"""One tick of any town. Knows contracts only."""

import asyncio
from collections.abc import Mapping, Sequence

from townsquare.protocols.actions import Actions
from townsquare.protocols.defence import weighed
from townsquare.protocols.errors import ContractError
from townsquare.protocols.events import Events
from townsquare.protocols.observations import Observations
from townsquare.protocols.recommender import answerable, lesson, named, sealed_columns
from townsquare.protocols.reviewing import reviewed
from townsquare.protocols.slates import Slates
from townsquare.protocols.town import Governed, Matched, Mind, Remembers, Town, Trusting


async def tick(t: int, town: Town) -> Events:
    """Everything that happens in tick ``t``, as events in a fixed order.

    Results never depend on which mind answers first: nothing in the town changes between ``observe`` and the moment
    the last answer is in.
    """
    environment = town.environment
    made = environment.apply(t, await decide(environment.supply(t), town.minds))  # supply: creators post
    ruled = await govern(t, town)  # govern: what was disputed is reviewed
    if town.learns:
        await learn(t, town)  # learn, before anybody is shown anything
    seen = environment.observe(t, match(t, town))  # match, observe
    actions = await decide(seen, town.minds)  # decide: the one barrier
    events = Events.concat([made, ruled, environment.apply(t, actions)])  # apply, in a fixed order
    for mind in town.minds.values():
        if isinstance(mind, Remembers):
            mind.remember(t, events)  # remember
    if town.recommender is not None:
        with answerable("recommender", town.recommender, "update", t):
            town.recommender.update(sealed_columns(events))
    return events


def match(t: int, town: Town) -> Slates:
    """What the recommender puts before everybody; nothing in a town without one."""
    if town.recommender is None:
        return Slates.nothing()
    return _fed(town).match(t, town.recommender)


async def learn(t: int, town: Town) -> None:
    """Fit the recommender to what the environment remembers, each account weighed by the defence, if there is one."""
    if town.recommender is None:
        return
    log, catalogue = _fed(town).history(t)
    log, catalogue = sealed_columns(log), sealed_columns(catalogue)
    trust = None
    if town.defence is not None:
        with answerable("defence", town.defence, "weigh", t):
            trust = await town.defence.weigh(log, catalogue, tick=t)
        log = sealed_columns(weighed(log, trust))
    if isinstance(town.environment, Trusting):
        town.environment.trusted(trust)
    with answerable("recommender", town.recommender, "fit", t):
        town.recommender.fit(lesson(town.recommender, log), catalogue)


async def decide(seen: Sequence[Observations], minds: Mapping[str, Mind]) -> list[Actions]:
    """What every cohort wants to do, all minds at once; answers in the order of ``seen``."""
    return list(await asyncio.gather(*(_answer(minds[cohort.group], cohort) for cohort in seen)))


async def govern(t: int, town: Town) -> Events:
    """What the moderator makes of the posts that await it, put into effect."""
    if town.moderator is None or not isinstance(town.environment, Governed):
        return Events.concat([])
    posts = town.environment.pending(t)
    if not len(posts):
        return Events.concat([])
    return town.environment.govern(t, posts, await reviewed(town.moderator, posts))


def _fed(town: Town) -> Matched:
    if not isinstance(town.environment, Matched):
        raise ContractError(
            f"{type(town.environment).__name__} does not have the methods of an environment with a recommender: "
            "history, match."
        )
    return town.environment


async def _answer(mind: Mind, seen: Observations) -> Actions:
    with answerable("mind", mind, "decide", seen.tick):
        actions = await mind.decide(sealed_columns(seen))
    if not isinstance(actions, Actions):
        raise ContractError(f"{named('mind', mind)} gave {type(actions).__name__}, not Actions.")
    return actions
