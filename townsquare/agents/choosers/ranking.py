"""The test of a chooser: one call puts all candidates in order."""

from collections.abc import Sequence
from typing import Literal, get_args

from townsquare.agents.choosers.answers import Order, is_order_of
from townsquare.agents.choosers.prompts.rank import rank
from townsquare.agents.prompts.quoting import Block
from townsquare.protocols.asking import Ask, AskModel

Variant = Literal["b", "b+r", "b+h"]
"""``b``: the current texts. ``b+r``: also the past version of the user's text that is nearest to the candidates.
``b+h``: also the titles of the last interactions.
"""
VARIANTS: tuple[Variant, ...] = get_args(Variant)


async def ordered(
    ask: AskModel,
    person: Sequence[Block],
    titles: Sequence[str],
    texts: Sequence[str],
    *,
    user: int,
    tick: int,
    number: int = 0,
) -> tuple[int, ...] | None:
    """Places of the candidates from 0, best first; None where no valid order came, which counts as no answer.

    An order is valid when it holds every place exactly once. Nothing is put right by us: the one repair is the model's.
    """
    answer = await ask(Ask("rank", user, tick, rank(person, titles, texts), Order, is_order_of(len(titles)), number))
    return None if answer.value is None else tuple(place - 1 for place in answer.value.order)
