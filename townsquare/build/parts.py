"""What every kind of town is put together from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa
from numpy.typing import NDArray

from townsquare.build.groups import People
from townsquare.protocols.moderator import Moderator
from townsquare.protocols.town import Environment, Mind

if TYPE_CHECKING:
    from townsquare.build.team import TeamModerator


class Viewed(Environment, Protocol):
    """An environment whose last tick can be measured, and drawn."""

    view: Any
    """The last tick as its measures see it; None before the first."""

    def snapshot(self) -> Mapping[str, NDArray[Any]]:
        """Where everybody and everything lies, for the topic map; empty where nothing lies anywhere."""


@dataclass(frozen=True, slots=True)
class Parts:
    """An environment with its minds, and what a run folder has to know about them."""

    environment: Viewed
    minds: Mapping[str, Mind]
    agents: pa.Table
    """agents.parquet."""
    items: Callable[[int], pa.Table]
    """What was new in a tick, as the run folder keeps it."""
    categories: tuple[str, ...]
    data: dict[str, str]
    """sha256 of every file the town was built from."""
    titles: tuple[str, ...] | None = None
    """What items are called, where all are known from the start."""
    people: Mapping[str, People] = field(default_factory=dict)
    """By group, those whom a language model stands for."""
    moderator: Moderator | None = None
    """Who looks at what is posted; None where nobody does."""
    team: "TeamModerator | None" = None
    """The moderator, where it is a team that talks."""
    moderators: Sequence[tuple[str, Moderator]] = ()
    """Whoever looks at posts, by the place where: ``moderator`` may be one of them, or hold them all."""
    verdicts: Callable[[int], pa.Table | None] | None = None
    """What was said of posts in a tick, with its grounds; asked once per tick. None where nothing is kept of it."""
    retuned: Callable[[int], None] | None = None
    """Called before each tick, to put in place what the scenario changes by then, beside recommender and defence."""
