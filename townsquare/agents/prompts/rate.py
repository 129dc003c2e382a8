"""How somebody rates what is put before them, 1 to 5."""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.protocols.chat import Message

_ROLE = (
    "You stand for one person and rate as that person would, by their own taste and not by what others think good. Who "
    "the person is stands in the block named you, what they remember in memories, and what is to be rated in items; "
    "the order of the items means nothing."
)
_TASK = (
    "How does the person rate each of the {count} items? 1: dislikes it; 2: does not care for it; 3: neither likes nor "
    "dislikes it; 4: likes it; 5: loves it. Use the whole scale.\nAnswer with JSON: ratings, a list of {count} whole "
    "numbers from 1 to 5, in the order of the items."
)


def rate(
    you: Sequence[str], memories: Sequence[str], texts: Sequence[str], *, room: Room = ROOM
) -> tuple[Message, ...]:
    """``texts`` (1 or more) are rated in the order given."""
    task = _TASK.format(count=len(texts))

    def render(memories: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        items = list(enumerate(texts, start=1))
        return turns(_ROLE, [Block("you", you), Block("memories", memories), Block("items", items)], task)

    return fitted(render, memories, texts, room)
