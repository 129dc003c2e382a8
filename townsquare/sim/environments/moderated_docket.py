"""What became of every post of a moderated timeline, and what waits for the reviewer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.columns import BoolArray, FloatArray, IntArray
from townsquare.protocols.moderator import ACTION
from townsquare.protocols.streams import Streams
from townsquare.sim.scenarios.moderation import Review

_COLUMNS: dict[str, type[np.generic]] = {
    "kind": np.int8,
    "draft": np.int8,
    "disguised": np.bool_,
    "advice": np.int8,
    "ruled": np.int8,
    "standing": np.int8,
    "score": np.float64,
    "settled": np.int8,
}
HELD, APPEAL = 1, 2
"""Why a post waits for the reviewer; the ``rank`` of the reviewer's verdict."""
UPHELD, GRANTED = 1, 2
"""What came of an appeal."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What the reviewer decided, in the order in which it happened."""

    items: IntArray
    matter: IntArray
    """(n,) ``HELD`` or ``APPEAL``."""
    broken: BoolArray
    """(n,) whether the reviewer finds that the rules were broken."""


class Docket:
    """Columns by post: ``kind``, what it truly is; ``draft``, before advice; ``disguised``; ``advice``, what its author
    did about some (``ADVICE``); ``ruled``, the moderator's verdict (``ACTIONS``, 0 also where none was
    given); ``standing``, what is in force now; ``score``; ``settled``: what came of its author's appeal. And the queue
    of the reviewer.
    """

    def __init__(self, policies: int) -> None:
        self.columns: dict[str, NDArray[Any]] = {name: np.zeros(1, kind) for name, kind in _COLUMNS.items()}
        self.hidden: BoolArray = np.zeros((policies, 1), bool)
        """(policies, posts) which posts a policy keeps from its readers."""
        self.queue: IntArray = np.zeros((2, 0), np.int64)
        """Posts that wait, and why (``HELD``, ``APPEAL``), in the order in which they came."""

    def __len__(self) -> int:
        return len(self.columns["kind"])

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.columns[name]

    def add(self, kind: IntArray, draft: IntArray, disguised: BoolArray, advice: IntArray) -> None:
        """New posts, of which nothing else is known."""
        new: dict[str, Any] = {"kind": kind, "draft": draft, "disguised": disguised, "advice": advice}
        for name, dtype in _COLUMNS.items():
            more = np.asarray(new.get(name, np.zeros(len(kind)))).astype(dtype)
            self.columns[name] = np.concatenate([self.columns[name], more])
        self.hidden = np.hstack([self.hidden, np.zeros((len(self.hidden), len(kind)), bool)])

    def rule(self, items: IntArray, action: IntArray, score: FloatArray) -> None:
        """A moderator's verdicts come into force; what it holds waits."""
        self.columns["ruled"][items] = self.columns["standing"][items] = action
        self.columns["score"][items] = score

    def wait(self, items: IntArray, matter: int) -> None:
        """Put before the reviewer, after everything that waits already."""
        self.queue = np.hstack([self.queue, np.stack([items, np.full(len(items), matter)]).astype(np.int64)])

    def decide(self, keys: NDArray[np.uint64], breaks: BoolArray, of: Review, streams: Streams) -> Decided:
        """As many of those that wait as the reviewer can: simulated, right with the chance ``accuracy``.

        Args:
            keys: (posts,) what draws about a post hang on.
            breaks: (kinds,) which kinds break the rules.
            of: capacity and accuracy.
            streams: of the run.
        """
        (items, matter), self.queue = self.queue[:, : of.capacity], self.queue[:, of.capacity :]
        right = streams.uniform("review", 0, matter, keys[items]) < of.accuracy
        broken: BoolArray = breaks[self.columns["kind"][items]] == right
        held, appealed = matter == HELD, matter == APPEAL
        self.columns["standing"][items[held]] = np.where(broken[held], ACTION["remove"], ACTION["show"])
        self.columns["standing"][items[appealed & ~broken]] = ACTION["show"]
        self.columns["settled"][items[appealed]] = np.where(broken[appealed], UPHELD, GRANTED)
        return Decided(items, matter, broken)

    def held(self, items: IntArray) -> IntArray:
        """Those of ``items`` that are held."""
        return items[self.columns["standing"][items] == ACTION["hold"]]

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything, as arrays."""
        rest = {"docket.hidden": self.hidden, "docket.queue": self.queue}
        return {f"docket.{name}": column for name, column in self.columns.items()} | rest

    def load(self, state: Mapping[str, NDArray[Any]]) -> None:
        """The inverse of ``state``."""
        self.columns = {name: state[f"docket.{name}"].astype(kind) for name, kind in _COLUMNS.items()}
        self.hidden, self.queue = state["docket.hidden"].astype(bool), state["docket.queue"].astype(np.int64)
