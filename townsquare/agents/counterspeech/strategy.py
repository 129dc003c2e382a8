"""Which kind of counterspeech a reply is: an appeal, a tone, and a move (``protocols/counterspeech.py``).

Published (Civilbot, arXiv 2603.03687): cognitive with positive is relatively most effective, and a strategy that does
not fit its context loses effect; no effect sizes. What fits which context is our reconstruction.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.counterspeech import CELLS, Appeal, Move, Policy, Tone
from townsquare.protocols.streams import Streams

Kind = Literal["none", "insult", "stereotype", "threat"]

MOVES: Mapping[Move, str] = {
    "facts": "give a fact or ask for one",
    "contradiction": "point out where the comment contradicts itself or what its writer would want for themselves",
    "consequences": "say what such words lead to",
    "affiliation": "appeal to what the writer and those spoken of have in common",
    "empathy": "say how it is to be spoken of like that",
    "humour": "take the edge off with gentle humour that makes fun of nobody",
    "denouncing": "say plainly that such words are not acceptable here",
}
"""What each move does, in words that a prompt can use. Hostile language, the taxonomy's last one, is left out."""
HOT, CROWD = 0.5, 20
"""Temperature from which a thread is hot, and readers from which there is an audience (ours)."""


@dataclass(frozen=True, slots=True)
class Strategy:
    """One kind of counterspeech."""

    appeal: Appeal = "cognitive"
    tone: Tone = "positive"
    move: Move = "facts"

    def __str__(self) -> str:
        return f"{self.appeal}, {self.tone}, {self.move}"


@dataclass(frozen=True, slots=True)
class Context:
    """What a reply answers."""

    kind: Kind = "none"
    """What the comment is harmful for."""
    target: str = ""
    """Of whom it speaks, in its own words; "" where that is not known."""
    temperature: float = 0.0
    """How harmful the thread is, 0 to 1: the mean harm of its latest messages."""
    audience: int = 0
    """How many have been shown the comment."""


Reads = Callable[[str], tuple[str, str]]
"""From a comment to what it is harmful for and of whom it speaks; what a town knows about harm is handed in."""


def reads_nothing(text: str) -> tuple[str, str]:
    """Where nobody can tell: no kind, no target."""
    return "none", ""


def choose(policy: Policy, context: Context, seat: int, key: int, streams: Streams) -> Strategy:
    """The strategy for one comment, the same in every arm that meets the same comment.

    Args:
        policy: how it is chosen.
        context: what is answered.
        seat: what random draws about the bot hang on.
        key: what random draws about the comment hang on.
        streams: the run's.
    """
    if policy.by == "matched":
        return matched(context)
    appeal, tone, move = policy.appeal, policy.tone, policy.move
    if policy.by == "random":
        appeal, tone = list(CELLS)[_drawn(streams, "counter cell", seat, key, len(CELLS))]
        move = ""
    cell = CELLS[appeal, tone]
    return Strategy(appeal, tone, move or cell[_drawn(streams, "counter move", seat, key, len(cell))])


def matched(context: Context) -> Strategy:
    """What fits the context (our reconstruction: published is only that a mismatch weakens the effect).

    A threat is met with its consequences; a stereotype with facts, and before a small audience in a hot thread with
    what both sides share; an insult is denounced before a crowd, else met with empathy; anything else with facts.
    """
    if context.kind == "threat":
        return Strategy("cognitive", "negative", "consequences")
    if context.kind == "insult":
        if context.audience >= CROWD and context.temperature < HOT:
            return Strategy("affective", "negative", "denouncing")
        return Strategy("affective", "positive", "empathy")
    if context.kind == "stereotype" and context.temperature >= HOT and context.audience < CROWD:
        return Strategy("affective", "positive", "affiliation")
    return Strategy("cognitive", "positive", "facts")


def _drawn(streams: Streams, name: str, seat: int, key: int, count: int) -> int:
    return int(float(streams.uniform(name, 0, _one(seat), _one(key))[0]) * count)


def _one(number: int) -> NDArray[np.uint64]:
    return np.array([number], np.uint64)
