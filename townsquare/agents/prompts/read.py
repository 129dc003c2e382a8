"""What a reader does with the list it is shown."""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.protocols.chat import Message

_ROLE = (
    "You stand for one person who reads the news, and decide as that person would: out of habit, interest and mood, "
    "not as an expert and not to please anybody. Who the person is stands in the block named you, what they remember "
    "in memories, and what lies before them now in items, in the order of the list."
)
_TASK = (
    "It is round {tick}. Which items does the person open? At most {limit}, those they would really open, the first "
    "one first; none is an answer too. For each say whether they like it once they have read it: most of what is read "
    "is not liked.\nAnswer with JSON: choices, a list of objects with item (the number of the item, 1 to {count}) and "
    "like (true or false)."
)


def read(
    you: Sequence[str], memories: Sequence[str], texts: Sequence[str], *, limit: int, tick: int, room: Room = ROOM
) -> tuple[Message, ...]:
    """``you`` is the person in sentences, ``memories`` are oldest first, ``texts`` (1 or more) in the order shown."""
    task = _TASK.format(tick=tick, limit=limit, count=len(texts))

    def render(memories: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        items = list(enumerate(texts, start=1))
        return turns(_ROLE, [Block("you", you), Block("memories", memories), Block("items", items)], task)

    return fitted(render, memories, texts, room)
