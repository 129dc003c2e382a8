"""A message over again, so that more people take to it, with everything but its wording as it was."""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.protocols.chat import Message

_ROLE = (
    "You edit messages for the accounts that publish them, so that more of their readers take to what they say. Who "
    "publishes the message, to whom, where and when stands in the block named frame, the message itself in the block "
    "named message."
)
_TASK = (
    "Write the message again so that more of the same readers take to it. Its sender, its readers, its channel, its "
    "time and what it says stay as they are; only the wording may change. State nothing that the message does not "
    "state: no number, name, quotation, promise or event of your own. Keep its links, its @names and the names in it "
    "exactly as they are. At most {limit} characters.\nAnswer with JSON: text, the message as it is to be published."
)


def rewrite(frame: Sequence[str], message: str, *, limit: int, room: Room = ROOM) -> tuple[Message, ...]:
    """``frame`` are lines about sender, readers, channel and time; ``limit`` is in characters."""

    def render(_: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        return turns(_ROLE, [Block("frame", frame), Block("message", texts)], _TASK.format(limit=limit))

    return fitted(render, (), (message,), room)
