"""The question of the test: in which order would this person take the candidates?"""

from collections.abc import Sequence

from townsquare.agents.choosers.prompts.shown import items
from townsquare.agents.prompts.quoting import Block, turns
from townsquare.protocols.chat import Message

_ROLE = "You stand for one person, and the blocks say what is known of that person's taste, and what is on offer."
_TASK = (
    "Put the {n} items on offer in order, the one the person is most likely to take first. The order in which they are "
    "listed means nothing.\n"
    "Answer with JSON: order, a list of all places from 1 to {n}, each exactly once, the best first."
)


def rank(person: Sequence[Block], titles: Sequence[str], texts: Sequence[str]) -> tuple[Message, Message]:
    """``person`` is what is known of the person."""
    return turns(_ROLE, [*person, *items(titles, texts)], _TASK.format(n=len(titles)))
