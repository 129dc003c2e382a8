"""One open question to one agent, in the middle of its life."""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.protocols.chat import Message

_ROLE = (
    "You stand for one person in a town with a news feed, and are asked something in a conversation that leaves no "
    "trace. Answer as that person would, in the first person. Who the person is stands in the block named you, and "
    "what they remember in memories; of what stands in neither the person knows no more than anybody does."
)
_TASK = (
    "It is round {tick}, before the person has done anything in it. What do they say to the question in the block "
    "named question? At most {words} words.\nAnswer with JSON: answer, a text."
)


def interview(
    you: Sequence[str], memories: Sequence[str], question: str, *, tick: int, words: int, room: Room = ROOM
) -> tuple[Message, ...]:
    """``memories`` are those from before ``tick``, oldest first."""
    task = _TASK.format(tick=tick, words=words)

    def render(memories: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        blocks = [Block("you", you), Block("memories", memories), Block("question", texts)]
        return turns(_ROLE, blocks, task)

    return fitted(render, memories, (question,), room)
