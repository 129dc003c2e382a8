"""How much of a prompt quoted material may take, and what is left out when there is too much."""

from collections.abc import Callable, Sequence

from pydantic import Field

from townsquare.agents.prompts.quoting import clean, encode
from townsquare.protocols.chat import Message, estimate_tokens
from townsquare.protocols.errors import InputError
from townsquare.protocols.settings import Settings

MEMORY_SHARE = 0.08
"""What memories may take of a prompt that is asked every tick: with it, tick 40 is at most 1.1 times tick 1."""
FEWEST = 40
"""Tokens that memories may take beside however short a prompt."""
SHORTEST = 20
"""Characters that are left of every text, whatever the room."""


class Room(Settings):
    """Tokens (``estimate_tokens``) of one prompt. What is asked for the hundredth time takes no more than the first."""

    prompt: int = Field(default=4000, ge=200)
    "Tokens all messages may take together."
    memories: int = Field(default=130, ge=0)
    "Tokens memories may take; those that an agent has gathered by tick 40 must not swell its prompts."
    share: float | None = Field(default=None, ge=0, le=1)
    "The same as a share of the rest of the prompt, though never less than 40 tokens; by default no such bound."


ROOM = Room()


def tokens(messages: Sequence[Message]) -> int:
    """Tokens of a prompt; what an endpoint adds for roles and forms is not counted."""
    return sum(estimate_tokens(message.text) for message in messages)


def fitted(
    render: Callable[[Sequence[str], Sequence[str]], tuple[Message, ...]],
    memories: Sequence[str],
    texts: Sequence[str],
    room: Room = ROOM,
) -> tuple[Message, ...]:
    """``render(memories, texts)`` with as much of both as there is room for.

    Cut in this order: the oldest memories (``memories`` are oldest first) until they fit their own share, then until
    the prompt fits; then the longest texts, all to one length, the greatest that fits. Raises InputError when the
    prompt is too long even with 20 characters of each text.
    """
    memories, texts = list(memories), [clean(text) for text in texts]
    allowed = room.memories
    if room.share is not None and memories:
        allowed = min(allowed, max(FEWEST, int(room.share * tokens(render([], texts)))))
    while memories and sum(estimate_tokens(encode(one)) for one in memories) > allowed:
        memories.pop(0)
    while tokens(messages := render(memories, texts)) > room.prompt and memories:
        memories.pop(0)
    if tokens(messages) <= room.prompt:
        return messages
    low, high = SHORTEST, max(map(len, texts), default=SHORTEST)  # low fits (checked last), high does not
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if tokens(render([], _cut(texts, middle))) <= room.prompt else (low, middle)
    messages = render([], _cut(texts, low))
    if tokens(messages) > room.prompt:
        raise InputError(
            f"a prompt with {len(texts)} texts needs at least {tokens(messages)} tokens; allow more than {room.prompt} "
            "(prompt_tokens), or show less."
        )
    return messages


def _cut(texts: Sequence[str], length: int) -> list[str]:
    return [text if len(text) <= length else f"{text[: length - 1].rstrip()}…" for text in texts]
