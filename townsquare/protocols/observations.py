"""What a cohort of agents sees before it decides, as columns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from townsquare.protocols.columns import FloatArray, IntArray


def _wordless(item: int) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Observation:
    """What one agent sees: the row view, for minds that think about one agent at a time."""

    tick: int
    task: str
    agent: int
    limit: int
    items: tuple[int, ...]
    traits: Mapping[str, FloatArray]
    features: Mapping[str, FloatArray]
    texts: tuple[str, ...]
    """What each item says, empty where the town has no words for it."""


@dataclass(frozen=True, slots=True)
class Observations:
    """One group's view of the town. Nothing here may be changed, and nothing leads back to the environment."""

    tick: int
    group: str
    """The population the agents belong to."""
    task: str
    """What is asked of them: "read" (click and like what is shown), "create" (post new items), "shop" (take some of
    what is shown, and rate it), "rate" (rate anything); in a debate "screen" (say how much one agrees with the topic,
    and how much one had thought about it), "argue" (write the turn that is due), "settle" (say it again, and guess what
    the opponent was) or "code" (say what rhetoric texts use); in a network "opine" (say what one thinks
    now); on a timeline "persuade" and "post" (write), "counter" (answer what is harmful), "browse" (read, like,
    reply) and "adapt" (say how one goes on after a moderator did something about one's post).
    """
    agents: IntArray
    """(n,) agent ids."""
    limit: int
    """How many clicks, or posts, each may make."""
    items: IntArray
    """(n, k) what lies before each agent, best first; -1 marks an empty place."""
    traits: Mapping[str, FloatArray] = field(default_factory=dict)
    """Who they are: name -> (n,) or (n, d)."""
    features: Mapping[str, FloatArray] = field(default_factory=dict)
    """What can be told of the items: name -> (n, k); but see ``about_elsewhere``."""
    keys: IntArray = field(default_factory=lambda: np.zeros((0, 0), np.uint64))
    """(n, k) what the random draws about the items hang on (``Catalogue.keys``)."""
    elsewhere: IntArray = field(default_factory=lambda: np.zeros(0, np.int32))
    """(m,) for "create": everything that is going round in the town, own items included."""
    text: Callable[[int], str] = _wordless
    """What an item says, made only when asked for."""
    seats: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    """(n,) what the random draws about the agents hang on; by default their ids. A town in which ids move when a group
    grows gives numbers that do not.
    """
    about_elsewhere: tuple[str, ...] = ()
    """Which features tell of ``elsewhere``: those are (m,) or (m, d)."""

    def __post_init__(self) -> None:
        if len(self.seats) != len(self.agents):
            object.__setattr__(self, "seats", self.agents)

    def __len__(self) -> int:
        return len(self.agents)

    def row(self, i: int) -> Observation:
        """What the i-th agent sees, its empty places left out."""
        here = self.items[i] >= 0
        items = tuple(map(int, self.items[i][here]))
        return Observation(
            self.tick,
            self.task,
            int(self.agents[i]),
            self.limit,
            items,
            {name: column[i] for name, column in self.traits.items()},
            {name: column[i][here] for name, column in self.features.items() if name not in self.about_elsewhere},
            tuple(map(self.text, items)),
        )
