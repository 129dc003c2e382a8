"""A target of persuasion without a language model: a number that is moved a little by every new argument."""

import re
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from pydantic import Field

from townsquare.protocols.persuader import STANCE, Talk
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams

_WORD = re.compile(r"\w{4,}")
_REPLIES = (
    "I have heard that before, and I am not sure that it is so.",
    "There may be something in it. Go on.",
    "That is one side of it.",
    "I should have to think about that.",
)


class BehaviouralTarget:
    """Ours; it is not calibrated to anybody, and its shift shows what its settings say.

    The stance begins at N(0, ``spread``), the same for both sides of a topic. Each message of the persuader moves it
    by yielding * new * (end - stance) / 6, where end is the persuader's end of the scale (-3 or 3), new the share of
    the message's words (four letters or more) that the persuader had not used yet, and yielding this target's own,
    uniform from 0 to twice the setting. An answer to a probe is the stance with noise, rounded to whole numbers.
    It cannot read what a message says, and is told the persuader's side instead.
    """

    class Config(Settings):
        """How it starts, and how easily it moves."""

        spread: float = Field(default=1.2, ge=0)
        "Standard deviation of stances before the conversation."
        yielding: float = Field(default=0.1, ge=0, le=1)
        "Points that a message of new words moves a target on average from the far end of the scale, out of 6."
        noise: float = Field(default=0.3, ge=0)
        "Standard deviation of an answer about the stance."

    needs: ClassVar[tuple[str, ...]] = ()
    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config, self.streams = config, streams

    async def reply(self, talk: Talk) -> str | None:
        """A stock answer."""
        return _REPLIES[(talk.pair + len(talk.messages) // 2) % len(_REPLIES)]

    async def rate(self, talk: Talk, probe: int) -> float | None:
        """The stance after ``talk.messages``, as it is told to one who asks."""
        where = np.array([talk.pair])
        noise = float(self.streams.normal("probe", len(talk.messages), where, np.array([probe]))[0])
        low, high = STANCE
        return float(np.clip(np.rint(self.stance(talk) + self.config.noise * noise), low, high))

    def stance(self, talk: Talk) -> float:
        """Where it stands, without noise."""
        where, first = np.array([talk.pair]), np.array([0])
        low, high = STANCE
        drawn = float(self.streams.normal("stance", 0, where, first)[0])
        stance = float(np.clip(self.config.spread * drawn, low, high))
        yielding = 2 * self.config.yielding * float(self.streams.uniform("yielding", 0, where, first)[0])
        for new in _novelty(talk.messages[::2]):
            stance += yielding * new * (high * talk.side - stance) / (high - low)
        return stance


def _novelty(messages: Sequence[str]) -> list[float]:
    """Of each message the share of its words that no earlier one has; 0 for a message without words."""
    known, found = set[str](), []
    for message in messages:
        words = set(_WORD.findall(message.lower()))
        found.append(len(words - known) / len(words) if words else 0.0)
        known |= words
    return found
