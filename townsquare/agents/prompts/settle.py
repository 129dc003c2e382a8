"""What somebody thinks of a topic after a debate, and what they took the opponent for."""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.agents.prompts.screen import AGREEMENT
from townsquare.protocols.chat import Message

_ROLE = (
    "You stand for one person who takes part in a study, and answer as that person would: honestly, for themselves, "
    "and not as one ought to. Who the person is stands in the block named you, what they are asked about in topic. "
    "What the person wrote in a debate about it stands in own, and what the other side wrote in opponent, in the order "
    "of the turns. The side that the person argued for was drawn by lot, and need not be what they think."
)
_DEBATED = (
    "The debate is over; the person argued {side}. {before}What does the person think now? It may have changed or not. "
    f"Answer with JSON: agreement (a whole number from 1 to 5; {AGREEMENT}) and opponent (human or ai: what the person "
    "takes the other side for)."
)
_WAITED = (
    "Some minutes have passed in which nothing was said about it. {before}What does the person think now? Answer with "
    f"JSON: agreement (a whole number from 1 to 5; {AGREEMENT})."
)


def settle(
    you: Sequence[str],
    topic: str,
    side: int,
    before: int,
    own: Sequence[str],
    opponent: Sequence[str],
    *,
    room: Room = ROOM,
) -> tuple[Message, ...]:
    """``side`` is 1 or -1, and 0 for those who debated with nobody; ``before`` the first answer, 0 where not known."""
    said = f"Before, their answer was {before}. " if before else ""
    argued = "for it (pro)" if side > 0 else "against it (con)"
    task = _DEBATED.format(side=argued, before=said) if side else _WAITED.format(before=said)
    split = 1 + len(own)

    def render(_: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        blocks = [
            Block("you", you),
            Block("topic", texts[:1]),
            Block("own", list(enumerate(texts[1:split], start=1))),
            Block("opponent", list(enumerate(texts[split:], start=1))),
        ]
        return turns(_ROLE, blocks, task)

    return fitted(render, [], [topic, *own, *opponent], room)
