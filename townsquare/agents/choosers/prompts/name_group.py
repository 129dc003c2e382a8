"""What a group of interests is called."""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.protocols.chat import Message

_ROLE = "You read tags that were used by people who share an interest."
_TASK = "Say in at most five words what that interest is.\nAnswer with JSON: name."


def name_group(members: Sequence[str]) -> tuple[Message, Message]:
    """``members`` are the tags of the group."""
    return turns(_ROLE, [Block("tags", list(members))], _TASK)
