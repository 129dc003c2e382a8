"""What a chooser may answer: one class per question, with no title to be matched."""

from collections.abc import Callable
from typing import Literal

from pydantic import BaseModel


class Choice(BaseModel):
    """One of two."""

    place: Literal[1, 2]
    """Which of the two items shown."""
    explanation: str


class NewUserText(BaseModel):
    """How a person describes their own taste from now on."""

    description: str


class NewItemTexts(BaseModel):
    """How the two items are described from now on, in the order shown."""

    first: str
    second: str


class Order(BaseModel):
    """Places of the candidates, the best first."""

    order: list[int]


class Tags(BaseModel):
    """What a person is interested in, in a few words each."""

    interest_tags: list[str]


class GroupName(BaseModel):
    """What a group of interests is called."""

    name: str


def is_order_of(n: int) -> Callable[[Order], str]:
    """The check that every place from 1 to ``n`` occurs exactly once; it names the first that does not."""

    def check(answer: Order) -> str:
        wrong = [place for place in answer.order if not 1 <= place <= n]
        if wrong:
            return f"place {wrong[0]} was not shown; the places are 1 to {n}"
        for place in range(1, n + 1):
            times = answer.order.count(place)
            if times != 1:
                said = "is missing" if times == 0 else f"occurs {times} times"
                return f"place {place} {said}; every place from 1 to {n} has to occur exactly once"
        return ""

    return check
