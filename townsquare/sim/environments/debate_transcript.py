"""What was said in the debates of a trial, and the numbers by which it is known."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.columns import NOBODY, FloatArray, IntArray
from townsquare.protocols.debate import STRATEGIES, TURNS
from townsquare.protocols.texts import pack, unpack
from townsquare.sim.environments.debate_design import Design

WROTE_NOTHING = "(wrote nothing)"
"""What stands where a statement is missing: its author's mind gave none, or none that could be taken."""


class Transcript:
    """Statements have the item ids after the topics, turn by turn, one place per debater whether it was filled or not;
    after them comes one id per person for who they are (their profile).
    """

    def __init__(self, design: Design, n_topics: int) -> None:
        self.design, self.n_topics = design, n_topics
        self.debaters = design.debaters
        self.row = np.full(len(design.arm), NOBODY)
        """(agents,) the place of each debater among them; -1 for everybody else."""
        self.row[self.debaters] = np.arange(len(self.debaters))
        self.size = len(TURNS) * len(self.debaters)
        self.texts: list[str] = [""] * self.size
        """By place; "" where nothing was written, or not yet."""
        self.levels: NDArray[np.int8] = np.full((design.n_judges, self.size, len(STRATEGIES)), -1, np.int8)
        """By judge, statement and strategy; -1 where there is none."""

    def item(self, agents: IntArray, turn: int) -> IntArray:
        """Ids of what ``agents``, all debaters, say in a turn (0 to 2)."""
        found: IntArray = self.n_topics + turn * len(self.debaters) + self.row[agents]
        return found

    def profile(self, people: IntArray) -> IntArray:
        """Ids of who these people are."""
        found: IntArray = self.n_topics + self.size + people
        return found

    def place(self, item: int) -> int:
        """The place of a statement, -1 for an item that is none."""
        return item - self.n_topics if 0 <= item - self.n_topics < self.size else NOBODY

    def person(self, item: int) -> int:
        """Whose profile an item is, -1 for an item that is none."""
        first = self.n_topics + self.size
        return item - first if 0 <= item - first < self.design.n_people else NOBODY

    def author(self, place: int) -> int:
        """Who wrote, or was to write, the statement at a place."""
        return int(self.debaters[place % len(self.debaters)])

    def written(self, turn: int) -> IntArray:
        """Places of the statements of a turn that are there."""
        n = len(self.debaters)
        return np.array([p for p in range(turn * n, (turn + 1) * n) if self.texts[p]], np.int64)

    def spoken(self) -> set[int]:
        """Item ids of all statements that are there."""
        return {self.n_topics + place for place, text in enumerate(self.texts) if text}

    def words(self) -> FloatArray:
        """(turns, debaters) words of each statement, NaN where there is none."""
        counts = np.array([len(text.split()) if text else np.nan for text in self.texts], np.float64)
        return counts.reshape(len(TURNS), -1)

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything said and judged, as arrays."""
        texts, ends = pack(self.texts)
        return {"said.texts": texts, "said.ends": ends, "said.levels": self.levels}

    def load(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Take up where ``state`` was taken."""
        self.texts = unpack(state["said.texts"], state["said.ends"])
        self.levels = state["said.levels"].astype(np.int8)
