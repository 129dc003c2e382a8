"""How well a message did, by the standards of the account that published it."""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.protocols.chat import Message

_ROLE = (
    "You estimate how a message did with the readers of the account that published it. Who published it, where and "
    "when stands in the block named frame, the message in the block named message."
)
_TASK = (
    "All messages of this account are put in order by the likes they got, and cut into three parts of one size. In "
    "which part is this one?\nAnswer with JSON: part (low, middle or high) and why (one sentence)."
)


def guess_engagement(frame: Sequence[str], message: str, *, room: Room = ROOM) -> tuple[Message, ...]:
    """``frame`` are lines about sender, channel and time. The cut is told: terciles of the account's own posts."""

    def render(_: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        return turns(_ROLE, [Block("frame", frame), Block("message", texts)], _TASK)

    return fitted(render, (), (message,), room)
