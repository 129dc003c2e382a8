"""Which item a fake account rates next, so that it passes for a customer."""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.protocols.chat import Message

_ROLE = (
    "You stand for one person in a simulated shop and choose as that person would. Who the person is stands in the "
    "block named you, what they remember in memories, and what they could buy next in items; the order of the items "
    "means nothing."
)
_TASK = (
    "Which of the {count} items does the person take next?\nAnswer with JSON: item (the number of the item, 1 to "
    "{count}) and reason (one short sentence)."
)


def shill_choice(
    you: Sequence[str], memories: Sequence[str], items: Sequence[str], *, room: Room = ROOM
) -> tuple[Message, ...]:
    """``items`` (1 or more) are lines of the shop; ``memories`` come with the first to go where room is short first."""
    task = _TASK.format(count=len(items))

    def render(memories: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        numbered = list(enumerate(texts, start=1))
        return turns(_ROLE, [Block("you", you), Block("memories", memories), Block("items", numbered)], task)

    return fitted(render, memories, items, room)
