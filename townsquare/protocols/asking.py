"""One question to a language model on behalf of an agent, and what came of it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel

from townsquare.protocols.chat import Message
from townsquare.protocols.errors import RunStopped

T = TypeVar("T")
A = TypeVar("A", bound=BaseModel)
Outcome = Literal["answered", "repaired", "invalid", "refused", "failed"]
"""``answered`` at once, ``repaired`` in a second turn, ``invalid`` even then, ``refused`` by the model or its filter,
``failed``: no reply at all. Only the first two carry a value.
"""


def accept(answer: BaseModel) -> str:
    """The check that finds nothing wrong."""
    return ""


@dataclass(frozen=True, slots=True)
class Ask(Generic[A]):
    """What is asked, for whom, and what a valid answer is."""

    purpose: str
    """What it is for, one word: read, create, rate, choose, reflect, fuse, rank, ... The ledger adds up by it."""
    agent: int
    """For whom; -1 for nobody in particular."""
    tick: int
    messages: tuple[Message, ...]
    answer: type[A]
    """The pydantic type the reply has to parse into."""
    check: Callable[[A], str] = accept
    """What is wrong with a parsed answer in the light of what was shown, in words the model can act on; else ""."""
    number: int = 0
    """Tells apart several asks of one purpose by one agent in one tick."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[A]):
    """What came of an ask. A bad answer has no value: nobody can mistake it for agreement, or for no change."""

    outcome: Outcome
    value: A | None = None
    why: str = ""
    """What was wrong, for outcomes without a value."""


class AskModel(Protocol):
    """The one path to a language model, as those see it who ask."""

    def __call__(self, ask: Ask[A], /) -> Awaitable[Answer[A]]:
        """Record, meter, validate, repair once. Raises RunStopped only; every other trouble is an outcome."""


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
