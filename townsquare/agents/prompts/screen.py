"""What somebody thinks of a topic before it is debated."""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.protocols.chat import Message

AGREEMENT = (
    "how far the person agrees with it, or, where it is a question, with answering it by yes: 1 strongly disagrees, 2 "
    "rather disagrees, 3 neither, 4 rather agrees, 5 strongly agrees"
)
"""What the scale of agreement means; the same before and after."""
_ROLE = (
    "You stand for one person who takes part in a study, and answer as that person would: honestly, for themselves, "
    "and not as one ought to. Who the person is stands in the block named you, what they are asked about in topic."
)
_TASK = (
    "The person is shown the topic for the first time. Answer with JSON: agreement (a whole number from 1 to 5; "
    f"{AGREEMENT}) and thought (a whole number from 1 to 5: how much the person has thought about this topic before, 1 "
    "not at all, 5 very much)."
)


def screen(you: Sequence[str], topic: str, *, room: Room = ROOM) -> tuple[Message, ...]:
    """``you`` is the person in sentences; it may be empty."""

    def render(_: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        return turns(_ROLE, [Block("you", you), Block("topic", texts)], _TASK)

    return fitted(render, [], [topic], room)
