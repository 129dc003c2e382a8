"""The disputes that judges are tried with."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from townsquare.protocols.dispute import Hearing, Party


@dataclass(frozen=True, slots=True)
class Case:
    """A dispute in neutral words."""

    id: str
    topic: str
    truth: Party
    customer: str
    shop: str

    def hearing(self, first: Party = "customer") -> Hearing:
        """The case without any cue."""
        return Hearing(self.id, first, self.customer, self.shop, self.truth)


@cache
def cases() -> tuple[Case, ...]:
    """24 disputes, ours, half of them with the customer in the right; statements of a pair differ little in length."""
    raw = tomllib.loads(files("townsquare.sim.disputes").joinpath("cases.toml").read_text("utf-8"))
    return tuple(Case(**one) for one in raw["case"])
