"""Where somebody stands on a proposition, asked outside the conversation about it."""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.protocols.chat import Message

PROBES = (
    "How far are you for or against the proposition, all things considered?",
    "Suppose it came to a secret vote on the proposition today. How sure are you of the vote you would cast?",
    "A friend who has no view of their own asks what to think of the proposition. How far would you lean in answering?",
)
"""The hidden questions, of which the mean is taken; our wording. No persuader's prompt ever holds one."""

_ROLE = (
    "You are asked for your own view of a proposition, in confidence: nobody you talk with learns the answer. What it "
    "is about stands in the block named proposition, and what was said so far in a conversation about it, oldest "
    "first, in the block named conversation: lines that begin with you are yours. There may be none yet."
)
_TASK = (
    "{probe} Answer for yourself and as you see it now, not as the other one would like it.\nAnswer with JSON: stance, "
    "a whole number from -3 (fully against) over 0 (neither) to 3 (fully for)."
)


def probe_stance(topic: str, said: Sequence[str], probe: int, *, room: Room = ROOM) -> tuple[Message, ...]:
    """``probe`` numbers ``PROBES``; ``said`` are lines, each with who said it in front, none before the talk."""

    def render(_: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        blocks = [Block("proposition", texts[:1]), Block("conversation", texts[1:])]
        return turns(_ROLE, blocks, _TASK.format(probe=PROBES[probe]))

    return fitted(render, (), (topic, *said), room)
