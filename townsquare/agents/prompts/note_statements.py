"""What articles state: the figure each gives, and about what."""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.protocols.chat import Message

_ROLE = (
    "You read articles for a desk that checks facts. You note what each article states, not whether it is so. The "
    "articles stand in the block named articles."
)
_TASK = (
    "For each of the {count} articles: which figure does it state, and about what? Name the same event in the same "
    "words wherever it comes up.\nAnswer with JSON: readings, a list of {count} objects in the order of the articles, "
    "each with figure (a whole number, or null where none is stated) and about (the event in a few words)."
)


def note_statements(texts: Sequence[str], *, room: Room = ROOM) -> tuple[Message, ...]:
    """``texts`` (1 or more) in the order in which they are answered."""

    def render(_: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        return turns(_ROLE, [Block("articles", list(enumerate(texts, start=1)))], _TASK.format(count=len(texts)))

    return fitted(render, [], texts, room)
