"""What a person does with one page of recommendations."""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.protocols.chat import Message

_ROLE = (
    "You stand for one person who looks through recommendations, page by page, and decide as that person would: by "
    "their own taste and habits, not to please anybody. Who the person is stands in the block named you, some of what "
    "they took to in the past in memories, and the page before them in items, in the order of the page."
)
_TASK = (
    "This is page {page}. On earlier pages the person looked at {viewed} items and liked {likes}. Which of the {count} "
    "items does the person look at closely (none is an answer too), and how do they rate each of those? 1: dislikes "
    "it; 2: does not care for it; 3: neither likes nor dislikes it; 4: likes it; 5: loves it. And then: do they turn "
    "the page, leave because they are tired of it, or leave because they have found enough?\n"
    "Answer with JSON: looks, a list of objects with item (the number of the item, 1 to {count}) and rating (1 to 5); "
    "and leave, one of stay, tired, content."
)


def browse(
    you: Sequence[str],
    memories: Sequence[str],
    texts: Sequence[str],
    *,
    page: int,
    viewed: int,
    likes: int,
    room: Room = ROOM,
) -> tuple[Message, ...]:
    """``texts`` (1 or more) are in the order of the page; ``memories`` are titles, the first to go where room is short
    first.
    """
    task = _TASK.format(page=page, viewed=viewed, likes=likes, count=len(texts))

    def render(memories: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        items = list(enumerate(texts, start=1))
        return turns(_ROLE, [Block("you", you), Block("memories", memories), Block("items", items)], task)

    return fitted(render, memories, texts, room)
