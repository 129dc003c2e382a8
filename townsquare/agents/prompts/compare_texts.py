"""Which of two messages of one sender does better with its readers."""

from collections.abc import Sequence
from typing import Literal

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.protocols.chat import Message

Question = Literal["engagement", "persuasion"]
QUESTIONS: tuple[Question, ...] = ("engagement", "persuasion")

_ROLE = (
    "You compare two messages that one account could publish, as one who knows its readers. Who publishes them, where "
    "and when stands in the block named frame, the messages in the block named messages. Their order means nothing."
)
_ASKED: dict[Question, str] = {
    "engagement": "Which of the two gets more likes from the account's readers?",
    "persuasion": "Which of the two is more likely to win the account's readers over to what it says?",
}
_FORM = (
    "\nAnswer with JSON: better, first or second. Where you see hardly any difference, say which is ahead by a little."
)


def compare_texts(
    frame: Sequence[str], first: str, second: str, *, question: Question = "engagement", room: Room = ROOM
) -> tuple[Message, ...]:
    """``frame`` are lines about sender, channel and time."""

    def render(_: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        messages = list(enumerate(texts, start=1))
        return turns(_ROLE, [Block("frame", frame), Block("messages", messages)], f"{_ASKED[question]}{_FORM}")

    return fitted(render, (), (first, second), room)
