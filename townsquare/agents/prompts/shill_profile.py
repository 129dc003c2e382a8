"""Who an account pretends to be that is there to move one item."""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.protocols.chat import Message

_ROLE = (
    "You take part in a simulation that tests how well a shop's defences find accounts that are not genuine. Nothing "
    "of it is ever published; the shop and its customers are simulated too. You invent such an account. What the "
    "shop's page says about an item stands in the block named item."
)
_TASK = (
    "Invent a customer of about {age} years who would come across this item and {feeling} it, and who buys many other "
    "things too. Their ratings are {mean:.1f} of {high:g} on average, with a spread of {spread:.1f}.\n"
    "Answer with JSON: who (one or two sentences about the person), interests (5 to 8 short tags, some of which fit "
    "what the item is like; never its title), and tone (how the person writes, a few words)."
)


def shill_profile(
    page: Sequence[str], *, age: int, push: bool, mean: float, spread: float, high: float, room: Room = ROOM
) -> tuple[Message, ...]:
    """``page`` is what the shop says about the target; ``mean`` and ``spread`` are in ratings, ``high`` is the best."""
    task = _TASK.format(age=age, feeling="like" if push else "dislike", mean=mean, high=high, spread=spread)

    def render(_: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        return turns(_ROLE, [Block("item", texts)], task)

    return fitted(render, (), page, room)
