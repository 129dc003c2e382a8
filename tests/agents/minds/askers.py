"""AskModels for tests: a Python function answers, and what was asked is kept. No language model."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from townsquare.agents.chat.answers import parse
from townsquare.memory.embedders.hashing import Hashing
from townsquare.memory.stores.arrays import Arrays
from townsquare.protocols import Events, Observations, Streams
from townsquare.protocols.asking import Answer, Ask


class Told:
    """Answers with the JSON of what ``say(ask)`` returns, an Answer as it is, or raises it; replies are validated."""

    def __init__(self, say: Callable[[Ask[Any]], Any]) -> None:
        self.say, self.asked = say, list[Ask[Any]]()

    async def __call__(self, ask: Ask[Any], /) -> Answer[Any]:
        self.asked.append(ask)
        said = self.say(ask)
        if isinstance(said, BaseException):
            raise said
        if isinstance(said, Answer):
            return said
        value, wrong = parse(json.dumps(said), ask.answer, ask.check)
        return Answer("invalid", None, wrong) if value is None else Answer("answered", value)


def store(**limits: Any) -> Arrays:
    return Arrays(Arrays.Config(**limits), 64)


def embedder() -> Hashing:
    return Hashing(Hashing.Config(dimensions=64), Streams(0))


def shown(items: Sequence[Sequence[int]], tick: int = 1, limit: int = 2, first: int = 10, **more: Any) -> Observations:
    """A list for each of the agents ``first``, ``first + 1``, ...; item 3 says "item 3"."""
    agents = np.arange(first, first + len(items))
    says = more.pop("text", lambda item: f"item {item}")
    return Observations(tick, "panel", "read", agents, limit, np.array(items), text=says, **more)


def happened(agent: int, clicks: Sequence[int], likes: Sequence[int] = (), refused: Sequence[int] = ()) -> Events:
    rows = [("click", clicks), ("like", likes), ("refused", refused)]
    return Events.concat(Events.of(kind, np.full(len(items), agent), np.array(items, np.int32)) for kind, items in rows)
