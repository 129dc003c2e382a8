"""Which rhetorical strategies a text uses, and how much."""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.protocols.chat import Message
from townsquare.protocols.debate import LEVELS, STRATEGIES

MEANINGS = (
    "draws a conclusion from reasons, step by step",
    "points to facts, numbers, examples or studies",
    "shows that the other side contradicts itself, or measures with two measures",
    "leans on experts, offices or institutions",
    "shows one side of the matter only, or paints it as beyond question",
    "appeals to what most people do, or to what is thought decent",
    "looks for common ground, and shows respect or understanding",
    "tells what happened to somebody",
    "wants to move: fear, hope, pity, anger, pride",
    "misleads on purpose: twisted facts, false claims, tricks",
)
"""What we mean by each of ``STRATEGIES``, in their order. Our words: the instructions of the study are not known."""
_ROLE = (
    "You code texts from debates for the rhetoric they use. The text stands in the block named text. Judge how it "
    "argues, not whether it is right, and not whether you agree. The strategies are:\n"
    + "\n".join(f"- {name}: {meaning}." for name, meaning in zip(STRATEGIES, MEANINGS, strict=True))
)
_TASK = (
    "How much of each strategy is in the text: "
    + ", ".join(f"{code} {name}" for code, name in enumerate(LEVELS))
    + "? Answer with JSON: codes, a list with one object for each of the ten strategies, with strategy (its name), "
    "level (0 to 3) and quote (the words of the text that show it best, copied exactly; an empty text where the "
    "level is 0)."
)


def code_rhetoric(text: str, *, room: Room = ROOM) -> tuple[Message, ...]:
    """``text`` is one statement."""

    def render(_: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        return turns(_ROLE, [Block("text", texts)], _TASK)

    return fitted(render, [], [text], room)
