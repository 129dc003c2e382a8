"""What somebody says next whom another one wants to win over."""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.protocols.chat import Message

WORDS = 150
"""Words a message is asked to have at most."""

_ROLE = (
    "You talk with somebody about a proposition, as a person with a view of your own: you say what you think, and what "
    "you make of what the other one says. What it is about stands in the block named proposition, and what was said so "
    "far, oldest first, in the block named conversation: lines that begin with you are yours."
)
_TASK = (
    "What do you say next? You need neither agree nor disagree; say what you really think of it. At most {words} "
    "words.\nAnswer with JSON: text, your message."
)


def answer_argument(topic: str, said: Sequence[str], *, room: Room = ROOM) -> tuple[Message, ...]:
    """``said`` (1 or more) are lines, each with who said it in front. It is not told what the other one is after."""

    def render(_: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        blocks = [Block("proposition", texts[:1]), Block("conversation", texts[1:])]
        return turns(_ROLE, blocks, _TASK.format(words=WORDS))

    return fitted(render, (), (topic, *said), room)
