"""Whether an article's statement is true, given what others state."""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.protocols.chat import Message

_ROLE = (
    "You judge for a desk that checks facts. The statement in question stands in the block named statement, what other "
    "articles state in the block named evidence. An article may be wrong; what most articles about the same event "
    "state is likely to be so. Evidence about another event counts for nothing."
)
_TASK = (
    "Is the statement true, false, or can it not be decided from this evidence?\nAnswer with JSON: verdict (true, "
    "false or undecided), against (how much of the evidence about the same event speaks against the statement, 0 to "
    "1) and why (one sentence)."
)


def judge_statement(statement: str, evidence: Sequence[str], *, room: Room = ROOM) -> tuple[Message, ...]:
    """``evidence`` may be empty; there is nothing to decide by then."""

    def render(_: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        blocks = [Block("statement", texts[:1]), Block("evidence", list(enumerate(texts[1:], start=1)))]
        return turns(_ROLE, blocks, _TASK)

    return fitted(render, [], [statement, *evidence], room)
