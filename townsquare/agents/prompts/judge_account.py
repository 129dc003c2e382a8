"""How likely an account is to be somebody's fake, from what it rated."""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.protocols.chat import Message

_ROLE = (
    "You help a shop to find accounts that somebody runs in order to move an item in its recommendations. What an "
    "account rated, oldest first, stands in the block named account: each line is a rating and what was rated. Tastes "
    "may be odd and still be somebody's own."
)
_TASK = (
    "How likely is it that this account is not a customer's?\nAnswer with JSON: fake (0 certainly a customer, 1 "
    "certainly not) and why (one sentence)."
)


def judge_account(rated: Sequence[str], *, room: Room = ROOM) -> tuple[Message, ...]:
    """``rated``: a line for each rating, one at least; the earliest are left out where there is no room for all."""

    def render(_: Sequence[str], lines: Sequence[str]) -> tuple[Message, ...]:
        return turns(_ROLE, [Block("account", lines)], _TASK)

    return fitted(render, [], rated, room)
