"""Minds that think about one agent at a time, as the mind of a cohort."""

from collections.abc import Awaitable, Callable

from townsquare.protocols.actions import Actions
from townsquare.protocols.asking import together as together
from townsquare.protocols.observations import Observation, Observations


class PerAgent:
    """All agents of a cohort at once, each by ``think``; the actions come in the order of the agents.

    Whoever is asked (an ``AskModel``) bounds how many are under way.
    """

    def __init__(self, think: Callable[[Observation], Awaitable[Actions]]) -> None:
        self.think = think

    async def decide(self, seen: Observations) -> Actions:
        """What every agent wants to do."""
        return Actions.concat(await together(self.think(seen.row(i)) for i in range(len(seen))))
