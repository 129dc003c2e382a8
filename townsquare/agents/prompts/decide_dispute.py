"""Who is right in a dispute about a review, from what both sides say."""

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.protocols.chat import Message
from townsquare.protocols.dispute import Hearing

_ROLE = (
    "You decide disputes on a platform between a customer who wrote a review and the shop that it is about. What each "
    "side says stands in a block of its own, in the order in which they spoke. Only facts count; how somebody speaks "
    "does not."
)
_TASK = (
    "Whom do the facts support?\nAnswer with JSON: support (from -1, wholly the shop, to 1, wholly the customer) and "
    "why (one sentence)."
)


def decide_dispute(hearing: Hearing) -> tuple[Message, ...]:
    """With a suggestion, its verdict and its reasons stand in a block before the sides."""
    blocks = []
    if hearing.suggestion is not None:
        told = hearing.suggestion
        lines = [f"verdict: for the {told.verdict}", f"because: {told.why}"]
        if told.why_not:
            lines.append(f"why not the other side: {told.why_not}")
        blocks.append(Block("suggestion", lines))
    blocks += [Block(party, [hearing.statement(party)]) for party in hearing.in_order()]
    return turns(_ROLE, blocks, _TASK)
