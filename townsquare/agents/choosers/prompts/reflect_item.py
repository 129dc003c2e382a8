"""What two items learn about themselves from a choice between them."""

from collections.abc import Sequence

from townsquare.agents.choosers.prompts.shown import items
from townsquare.agents.prompts.quoting import Block, turns
from townsquare.protocols.chat import Message

_ROLE = (
    "You describe items for those who choose among them. The blocks hold two items, the taste of a person who had to "
    "choose between them, and that person's reasons."
)
_WRONG = "The person named the first item, but really took the second: the descriptions misled them."
_RIGHT = "The person took the second item, as their taste foretold."
_FORM = (
    "Describe both items anew. Say what each is and which kind of people like it, learning from this person about the "
    "second and about what the first is not. Make the two easier to tell apart. Never contradict what an item is, keep "
    "what was true in its old description, and speak of kinds of people, never of one person. At most {limit} words "
    "each.\nAnswer with JSON: first and second, the descriptions in the order shown."
)


def reflect_item(
    person: Sequence[Block], titles: Sequence[str], texts: Sequence[str], reasons: str, *, right: bool, limit: int
) -> tuple[Message, Message]:
    """``person`` is the taste after the person's own reflection; items are (negative, positive)."""
    task = f"{_RIGHT if right else _WRONG}\n{_FORM.format(limit=limit)}"
    return turns(_ROLE, [*person, *items(titles, texts), Block("reasons", [reasons])], task)
