"""What somebody thinks of a topic once they have heard what others think."""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.protocols.chat import Message

_ROLE = (
    "You stand for one person who talks with those around them, and think as that person would: people listen, and now "
    "and then give way a little, but they seldom change their mind at one word, and often not at all. Who the person "
    "is stands in the block named you, what it is about in topic, and what those said whom the person heard just now "
    "in heard."
)
_TASK = (
    "It is round {tick}. Until now the person was {standpoint} what the topic says: {place} on a scale from 0 (wholly "
    "against) to 100 (wholly for). Where does the person stand now, having heard the others? Not to have moved is an "
    "answer like any other.\nAnswer with JSON: agreement, a whole number from 0 to 100{sentence}."
)
_SENTENCE = (
    ", and says, one sentence of at most 30 words in which the person tells others what they think and why, or an "
    "empty text if they would say nothing"
)


def opine(
    you: Sequence[str],
    topic: str,
    heard: Sequence[str],
    *,
    standpoint: str,
    place: int,
    tick: int,
    sentence: bool,
    room: Room = ROOM,
) -> tuple[Message, ...]:
    """``heard`` (1 or more) is what others said; ``standpoint`` are our words for the person's own ``place``, 0-100."""
    words = _SENTENCE if sentence else ""
    task = _TASK.format(tick=tick, standpoint=standpoint, place=place, sentence=words)

    def render(memories: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        said = list(enumerate(texts, start=1))
        return turns(_ROLE, [Block("you", you), Block("topic", [topic]), Block("heard", said)], task)

    return fitted(render, [], heard, room)
