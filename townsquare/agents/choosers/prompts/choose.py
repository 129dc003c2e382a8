"""The forward question: which of two items does this person take?"""

from collections.abc import Sequence

from townsquare.agents.choosers.prompts.shown import items
from townsquare.agents.prompts.quoting import Block, turns
from townsquare.protocols.chat import Message

_ROLE = "You stand for one person, and the blocks say what that person's taste is. Two items are on offer."
_TASK = (
    "Decide which of the two items the person takes, from their taste alone: which place an item stands at means "
    "nothing.\n"
    "Answer with JSON: place (1 or 2), and explanation, which says in two or three sentences what in the taste and in "
    "the descriptions made the difference."
)


def choose(person: Sequence[Block], titles: Sequence[str], texts: Sequence[str]) -> tuple[Message, Message]:
    """``person`` is what is known of the person."""
    return turns(_ROLE, [*person, *items(titles, texts)], _TASK)
