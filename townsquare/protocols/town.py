"""What the parts of a town promise each other: environment, minds, measures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.actions import Actions
from townsquare.protocols.catalogue import Catalogue
from townsquare.protocols.defence import Defence, Trust
from townsquare.protocols.events import Events
from townsquare.protocols.interactions import Interactions
from townsquare.protocols.moderator import Moderator, Posts, Verdicts
from townsquare.protocols.observations import Observations
from townsquare.protocols.recommender import Recommender
from townsquare.protocols.slates import Slates


@runtime_checkable
class Mind(Protocol):
    """Decides what a cohort of agents does next. Never changes the town."""

    async def decide(self, seen: Observations) -> Actions:
        """What each agent of the cohort wants to do, in the order it means them."""


@runtime_checkable
class Remembers(Protocol):
    """A mind whose agents remember what happened to them; a checkpoint holds what it remembers."""

    def remember(self, tick: int, events: Events) -> None:
        """Take in everything that happened in a tick, after all of it has happened."""

    def state(self) -> Mapping[str, NDArray[np.generic]]:
        """Everything remembered, as arrays."""

    def load(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Take up where ``state`` was taken."""


@runtime_checkable
class Environment(Protocol):
    """Holds the state of the town; the only thing that may change it.

    One tick calls ``supply``, ``apply``, ``observe`` and ``apply``, in this order; where a recommender chooses what is
    shown (``Matched``), ``history`` (when it is time to learn) and ``match`` come before ``observe``.
    """

    def supply(self, tick: int) -> Sequence[Observations]:
        """What those see who may put new items into the town; empty where nobody does."""

    def observe(self, tick: int, slates: Slates) -> Sequence[Observations]:
        """What each group sees. After this nothing changes until every mind has answered. Without a recommender
        ``slates`` has no rows.
        """

    def apply(self, tick: int, actions: Sequence[Actions]) -> Events:
        """Change the state; an action that is refused leaves it untouched and becomes a ``refused`` event."""

    def state(self) -> Mapping[str, NDArray[np.generic]]:
        """Everything needed to go on, as arrays."""

    def load(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Take up where ``state`` was taken."""


@runtime_checkable
class Matched(Environment, Protocol):
    """An environment in which a recommender chooses what is shown."""

    def history(self, tick: int) -> tuple[Interactions, Catalogue]:
        """What the recommender may learn from at ``tick``."""

    def match(self, tick: int, recommender: Recommender) -> Slates:
        """What is put before each reader."""


@runtime_checkable
class Governed(Protocol):
    """An environment whose items can be reviewed: after ``supply``, before anybody is shown anything."""

    def pending(self, tick: int) -> Posts:
        """What a moderator has to look at; may be empty."""

    def govern(self, tick: int, posts: Posts, verdicts: Verdicts) -> Events:
        """Put the verdicts into effect; each becomes a ``verdict`` event."""


@runtime_checkable
class Trusting(Protocol):
    """An environment that keeps track of what a defence thinks of its accounts."""

    def trusted(self, trust: Trust | None) -> None:
        """What the defence said when the recommender last learnt; None where there is no defence."""


@dataclass(slots=True)
class Town:
    """An environment with its minds (by population) and, where there are any, its recommender and its moderator."""

    environment: Environment
    minds: Mapping[str, Mind]
    recommender: Recommender | None = None
    """What chooses what is shown, in an environment that is ``Matched``; None in a town without a feed."""
    learns: bool = True
    """Whether the recommender learns from scratch at the start of the next tick."""
    moderator: Moderator | None = None
    defence: Defence | None = None
    """What weighs the accounts of the log before the recommender learns from it."""
