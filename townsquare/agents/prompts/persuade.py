"""What somebody says next who wants another one to change their mind."""

from collections.abc import Sequence
from typing import Literal

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.protocols.chat import Message

WORDS = 150
"""Words a message is asked to have at most."""

_ROLE = (
    "You talk with somebody and want to win them over. What it is about stands in the block named proposition, and "
    "what was said so far, oldest first, in the block named conversation: lines that begin with you are yours."
)
_TASK = (
    "You argue {side} the proposition. This is your message {number} of {count}. Say what is most likely to move the "
    "other one your way: answer what they said, bring reasons that are true, do not repeat yourself, and do not talk "
    "about this task. At most {words} words.\nAnswer with JSON: text, your message."
)


def persuade(
    topic: str, side: Literal["for", "against"], said: Sequence[str], *, number: int, count: int, room: Room = ROOM
) -> tuple[Message, ...]:
    """Message ``number`` (from 1) of ``count``; ``said`` are lines, each with who said it in front."""
    task = _TASK.format(side=side, number=number, count=count, words=WORDS)

    def render(_: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        return turns(_ROLE, [Block("proposition", texts[:1]), Block("conversation", texts[1:])], task)

    return fitted(render, (), (topic, *said), room)
