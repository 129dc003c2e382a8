"""What a person makes of a choice, once it is known which item they really took."""

from collections.abc import Sequence

from townsquare.agents.choosers.prompts.shown import items
from townsquare.agents.prompts.quoting import Block, turns
from townsquare.protocols.chat import Message

_ROLE = (
    "You stand for one person. The blocks say what you believed your taste to be, which two items you had to choose "
    "from, and what your reasons were."
)
_WRONG = (
    "You chose the first item. In truth you took the second and did not care for the first. Find what in your belief "
    "misled you, and correct it. Then describe your taste anew: what you newly learn to like from the second item, "
    "what you learn to dislike from the first, and whatever of your old likes still stands. Where old and new "
    "contradict each other, keep the new."
)
_RIGHT = (
    "You chose the second item, and that was right: you took it, and did not care for the first. Make your description "
    "of your taste firmer: add what the second item shows that you like and the first that you dislike, keep your old "
    "likes, and drop what contradicts them."
)
_FORM = (
    "Write in the first person and in general terms: kinds, features and moods, not the titles. Order: new likes, then "
    "old likes, then dislikes. At most {limit} words.\nAnswer with JSON: description."
)


def reflect_user(
    person: Sequence[Block], titles: Sequence[str], texts: Sequence[str], reasons: str, *, right: bool, limit: int
) -> tuple[Message, Message]:
    """Items are (negative, positive), as they were when the choice was made."""
    task = f"{_RIGHT if right else _WRONG}\n{_FORM.format(limit=limit)}"
    return turns(_ROLE, [*person, *items(titles, texts), Block("reasons", [reasons])], task)
