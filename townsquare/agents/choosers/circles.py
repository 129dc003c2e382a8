"""Circles of users with an interest in common, and what their members took lately."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from townsquare.agents.choosers import scopes
from townsquare.protocols.memory import MemoryStore


class Found(Protocol):
    """A circle before it has a name."""

    @property
    def tags(self) -> tuple[str, ...]:
        """What its members like."""

    @property
    def members(self) -> tuple[int, ...]:
        """Users."""


Grouping = Callable[[Mapping[int, Sequence[str]], int], Sequence[Found]]
"""From every user's tags, and the tick, to circles; deterministic. Circles may overlap, a user may be in none."""


@dataclass(frozen=True, slots=True)
class Circle:
    """Users who share an interest."""

    name: str
    tags: tuple[str, ...]
    members: tuple[int, ...]


def lately(
    circles: Sequence[Circle], store: MemoryStore, user: int, domain: str, *, before: int, most: int
) -> list[tuple[str, list[str]]]:
    """For each circle of the user its name, and its last ``most`` titles of one domain, newest last.

    All were taken before ``before``: titles are read from what each member took, through the bound on reads. What
    several members took stands there several times, for that is how a circle hears of a hit. A circle that took
    nothing is left out.
    """
    found = []
    for circle in circles:
        if user not in circle.members:
            continue
        taken = [e for member in circle.members for e in store.log(scopes.taken(member, domain), before)[-most:]]
        taken.sort(key=lambda entry: entry.tick)  # stable: at one tick members stand in order
        if taken:
            found.append((circle.name, [entry.text for entry in taken[-most:]]))
    return found
