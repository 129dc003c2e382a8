"""What bots that reply have in common: which comments they answer, with which strategy, and what the guard lets out."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from townsquare.agents.counterspeech.guard import Harm, checked, withheld
from townsquare.agents.counterspeech.strategy import Context, Kind, Reads, Strategy, choose
from townsquare.agents.counterspeech.trigger import due
from townsquare.protocols.actions import Actions
from townsquare.protocols.counterspeech import Replies
from townsquare.protocols.observations import Observations
from townsquare.protocols.streams import Streams

_KINDS: tuple[Kind, ...] = ("none", "insult", "stereotype", "threat")
_NEITHER = 0.5
"""Stance of a reply: for no side of what the town argues about."""


@dataclass(frozen=True, slots=True)
class Task:
    """One reply to be written."""

    agent: int
    seat: int
    """What random draws about the bot hang on."""
    item: int
    key: int
    """What random draws about the comment hang on."""
    comment: str
    target: str
    strategy: Strategy


def tasks(of: Replies, seen: Observations, reads: Reads, streams: Streams) -> Iterator[Task]:
    """The replies that n bots owe, bot by bot, in the order of their lists.

    Beside what ``trigger.due`` reads, the features ``temperature`` and ``audience`` tell of the context where they are
    there.
    """
    mine = due(of.trigger, seen)
    for row, slot in zip(*np.nonzero(mine), strict=True):
        item, comment = int(seen.items[row, slot]), seen.text(int(seen.items[row, slot]))
        kind, target = reads(comment)
        context = Context(
            next((name for name in _KINDS if name == kind), "none"),
            target,
            _told(seen, "temperature", row, slot),
            int(_told(seen, "audience", row, slot)),
        )
        key = int(seen.keys[row, slot]) if seen.keys.shape == seen.items.shape else item
        seat = int(seen.seats[row])
        yield Task(
            int(seen.agents[row]), seat, item, key, comment, target, choose(of.policy, context, seat, key, streams)
        )


def sent(of: Replies, task: Task, reply: str, harm: Harm) -> Actions:
    """A reply as an action, or the refusal of one that the guard keeps back.

    The content of the post is (stance, harm) as a timeline has it: for neither side, and harm left to the words.
    """
    found = checked(of.guard, reply, task.comment, harm)
    if found.why:
        return withheld(task.agent, task.item)
    return Actions.of(
        "post",
        np.array([task.agent]),
        np.array([task.item]),
        value=of.quality,
        vector=np.array([[_NEITHER, np.nan]]),
        text=[found.text],
    )


def _told(seen: Observations, name: str, row: int, slot: int) -> float:
    return float(seen.features[name][row, slot]) if name in seen.features else 0.0
