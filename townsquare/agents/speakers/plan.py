"""What has to be done for a goal, step by step, and who of a group can do it."""

from collections.abc import Sequence

from pydantic import Field

from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.settings import Settings


class Step(Settings):
    """One thing that has to be done."""

    capability: str = Field(min_length=1)
    "What whoever does it must be able to do; one of the phrases on its card."
    task: str = ""
    "What is to be done, in words; the goal itself where it is empty."


def able(step: Step, members: Sequence[Card]) -> Card | None:
    """The first of ``members`` whose card names the capability, upper and lower case alike; None when none does."""
    wanted = step.capability.casefold()
    return next((card for card in members if wanted in (one.casefold() for one in card.capabilities)), None)
