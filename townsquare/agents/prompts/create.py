"""What a writer publishes next."""

from collections.abc import Sequence
from itertools import islice

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.protocols.chat import Message

WORDS = 120
"""Words an article is asked to have at most."""

_ROLE = (
    "You stand for one person who writes for a news site, and write as that person would. Who the person is stands in "
    "the block named you, what they have published and how many likes it got in published, what else goes round in the "
    "town in around, what they have written this round in written, and the categories of the site in categories."
)
_TASK = (
    "It is round {tick}. Write article {number} of {limit} of this round: about what the person cares for and believes "
    "that readers will like, in words of their own, and not one of the articles over again.\nAnswer with JSON: title "
    "(one line), text (at most {words} words), and category (the number of the category it belongs to, 1 to {count})."
)


def create(
    you: Sequence[str],
    categories: Sequence[str],
    published: Sequence[str],
    around: Sequence[str],
    written: Sequence[str],
    *,
    number: int,
    limit: int,
    tick: int,
    room: Room = ROOM,
) -> tuple[Message, ...]:
    """Article ``number`` (from 1) of the ``limit`` of this tick; ``written`` are the titles of those before it."""
    task = _TASK.format(tick=tick, number=number, limit=limit, words=WORDS, count=len(categories))
    counts = len(published), len(around), len(written)

    def render(memories: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        left = iter(texts)
        shown = [list(islice(left, count)) for count in counts]
        blocks = [Block(kind, lines) for kind, lines in zip(("published", "around", "written"), shown, strict=True)]
        named = list(enumerate(left, start=1))
        return turns(_ROLE, [Block("you", you), *blocks, Block("categories", named)], task)

    return fitted(render, (), (*published, *around, *written, *categories), room)
