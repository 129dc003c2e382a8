"""What judges of disputes promise: they hear both sides and say whom they support, and how much."""

from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

Party = Literal["customer", "shop"]
PARTIES: tuple[Party, ...] = ("customer", "shop")


def other(party: Party) -> Party:
    """The opposite side."""
    return "shop" if party == "customer" else "customer"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What an assistant tells a judge before it decides."""

    verdict: Party
    why: str
    """Why this party is right."""
    why_not: str = ""
    """Why the other is not; "" where it does not say."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """One dispute as a judge hears it."""

    case: str
    """Id of the case."""
    first: Party
    """Who speaks first."""
    customer: str
    shop: str
    truth: Party
    """Who is right. For controls that know, and for scores; no judge that is measured may read it."""
    suggestion: Suggestion | None = None

    def statement(self, party: Party) -> str:
        """What a party says."""
        return self.customer if party == "customer" else self.shop

    def in_order(self) -> tuple[Party, Party]:
        """The parties in the order in which they speak."""
        return self.first, other(self.first)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a judge makes of a hearing."""

    support: float | None
    """1 wholly for the customer, -1 wholly for the shop, 0 for neither; None where it gave no valid answer."""
    why: str = ""


@runtime_checkable
class DisputeJudge(Protocol):
    """Decides disputes. Built as ``Class(config, streams)``."""

    async def rule(self, hearing: Hearing, /) -> Ruling:
        """Whom it supports. The same hearing gives the same ruling."""
