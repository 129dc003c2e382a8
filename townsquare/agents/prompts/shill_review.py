"""What a fake account writes beside a rating."""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.protocols.chat import Message

_ROLE = (
    "You take part in a simulation that tests how well a shop's defences find reviews that are not genuine. Nothing "
    "of it is ever published; the shop and its customers are simulated too. You stand for one person and write as that "
    "person would. Who the person is stands in the block named you, what they remember in memories, what is reviewed "
    "in item, and words that are to be worked in, where there are any, in features."
)
_WRITE = (
    "The person gave the item {value:g} of {high:g}. Write their review of it: one to four sentences that fit the "
    "rating and what they remember.{weave} Do not name the title of anything.\n"
    "Answer with JSON: review, and feeling (one short sentence on what stays with the person)."
)
_WEAVE = (
    " In passing it speaks {how} of things that are as each of the lines of features says, in other words and without "
    "saying what has to do with what."
)


def shill_review(
    you: Sequence[str],
    memories: Sequence[str],
    page: Sequence[str],
    features: Sequence[str],
    *,
    value: float,
    high: float,
    push: bool,
    room: Room = ROOM,
) -> tuple[Message, ...]:
    """``page`` is what the shop says about the item, ``features`` what is to be woven in, possibly nothing."""
    weave = _WEAVE.format(how="well" if push else "ill") if features else ""
    task = _WRITE.format(value=value, high=high, weave=weave)
    told = len(page)

    def render(memories: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        blocks = [Block("you", you), Block("memories", memories), Block("item", texts[:told])]
        return turns(_ROLE, [*blocks, Block("features", texts[told:])], task)

    return fitted(render, memories, (*page, *features), room)
