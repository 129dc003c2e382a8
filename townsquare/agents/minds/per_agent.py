"""Minds that think about one agent at a time, as the mind of a cohort."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from townsquare.protocols.actions import Actions
from townsquare.protocols.errors import RunStopped
from townsquare.protocols.observations import Observation, Observations

T = TypeVar("T")


class PerAgent:
    """All agents of a cohort at once, each by ``think``; the actions come in the order of the agents.

    Whoever is asked (an ``AskModel``) bounds how many are under way.
    """

    def __init__(self, think: Callable[[Observation], Awaitable[Actions]]) -> None:
        self.think = think

    async def decide(self, seen: Observations) -> Actions:
        """What every agent wants to do."""
        return Actions.concat(await together(self.think(seen.row(i)) for i in range(len(seen))))


async def together(thoughts: Iterable[Awaitable[T]]) -> list[T]:
    """All results, in order; the first error ends it.

    When the run has to stop, calls in flight are paid for and are waited for, so that they get recorded; whoever asks
    after that meets the same stop. Any other error calls the rest off.
    """
    tasks = [asyncio.ensure_future(thought) for thought in thoughts]
    try:
        return await asyncio.gather(*tasks)
    except BaseException as error:
        for task in () if isinstance(error, RunStopped) else tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
