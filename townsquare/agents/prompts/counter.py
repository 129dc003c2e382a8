"""What a counterspeech bot replies to a harmful comment."""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.protocols.chat import Message

WORDS = 45
"""Words a reply is asked to have at most."""

_ROLE = (
    "You write public replies to harmful comments in a simulated town, as an automated account that everybody knows to "
    "be one. You speak up for those the comment is about, and to everybody who reads along. You insult nobody, "
    "threaten nobody, and say nothing about a group as a whole. The comment stands in the block named comment."
)
_TASK = (
    "Reply to the comment. Use this strategy and no other: {appeal} appeal, {tone} tone; {move}. At most {sentences} "
    "sentences and {words} words, about what the comment says. Repeat none of its insults.\n"
    "Answer with JSON: reply."
)


def counter(
    comment: str, *, appeal: str, tone: str, move: str, sentences: int, room: Room = ROOM
) -> tuple[Message, ...]:
    """``appeal``, ``tone`` and ``move`` are our words for the one strategy of the reply."""
    task = _TASK.format(appeal=appeal, tone=tone, move=move, sentences=sentences, words=WORDS)

    def render(_: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        return turns(_ROLE, [Block("comment", texts)], task)

    return fitted(render, (), [comment], room)
