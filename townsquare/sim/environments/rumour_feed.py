"""A news town in which some articles state what is not so, readers dispute what they open, and somebody may check it.

Ours. Every article states a figure about an event. Articles of one category and one week are about the same event, and
those that are true agree: whoever reads several of them can tell which stands alone, be it a program or a person.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.actions import Actions
from townsquare.protocols.checking import Checking
from townsquare.protocols.columns import BoolArray, IntArray
from townsquare.protocols.events import REASON, Events
from townsquare.protocols.moderator import ACTION, ACTIONS, Posts, Verdicts
from townsquare.protocols.streams import Streams
from townsquare.protocols.workers import Workers
from townsquare.sim.environments.feed import Cast, Feed
from townsquare.sim.scenarios.team import Team

_MARKS: dict[str, type[np.generic]] = {"disputes": np.int32, "reviewed": np.bool_, "removed": np.bool_}
_LEAST, _FIGURES = 1_000, 9_000
"""Figures go from 1,000 to 9,999."""
_MODERATOR = -1
"""The agent of a verdict: none of the town's."""


@dataclass(frozen=True, slots=True)
class Rumours:
    """What measures look at, by article id."""

    false: BoolArray
    reviewed: BoolArray
    removed: BoolArray
    disputed: int
    """Disputes of this tick."""


class RumourFeed(Feed):
    """``Feed`` with statements, disputes and verdicts. What was removed is put before nobody any more."""

    def __init__(self, scenario: Team, streams: Streams, cast: Cast, workers: Workers) -> None:
        super().__init__(scenario, streams, cast, workers)
        self.rumours = scenario.rumours
        self._marks: dict[str, NDArray[Any]] = {name: np.zeros(0, kind) for name, kind in _MARKS.items()}

    # ---- what articles state -----------------------------------------------------------------------------------

    def false(self, items: IntArray) -> BoolArray:
        """(n,) whether articles state what is not so; it hangs on an article's key, the same in every arm."""
        draws = self.streams.uniform("rumour", 0, np.zeros(1, np.int64), self.articles["key"][items])
        return draws < self.rumours.share

    def statement(self, item: int) -> str:
        """What an article states, in a sentence."""
        category, week = int(self.articles["category"][item]), int(self.articles["born"][item]) // self.scenario.window
        names = self.cast.category_names
        about = names[category] if 0 <= category < len(names) else "town"
        true = self._figure("event", week, category)
        said = true if not self.false(np.array([item]))[0] else self._other(item, true)
        return f"{said:,} people came to the {about} event of week {week + 1}"

    def _figure(self, name: str, tick: int, column: int) -> int:
        draw = float(self.streams.uniform(name, tick, np.zeros(1, np.int64), np.array([column], np.uint64))[0])
        return _LEAST + int(draw * _FIGURES)

    def _other(self, item: int, true: int) -> int:
        """A false figure: any but the true one."""
        drawn = self._figure("false figure", 0, int(self.articles["key"][item])) - _LEAST
        return _LEAST + (true - _LEAST + 1 + drawn % (_FIGURES - 1)) % _FIGURES

    def _say(self, tick: int) -> Callable[[int], str]:
        say = super()._say(tick)

        @cache
        def stating(item: int) -> str:
            return f"{self.statement(item)} | {say(item)}"

        return stating

    # ---- disputes and verdicts ---------------------------------------------------------------------------------

    def pending(self, tick: int) -> Posts:
        """Articles in circulation that enough readers dispute and nobody has looked at, most disputed first."""
        self._grow()
        team, active = self._team(tick), self._active(tick)
        disputes = self._marks["disputes"][active]
        some = (disputes >= team.disputes) & ~self._marks["reviewed"][active]
        items, disputes = active[some], disputes[some]
        order = np.argsort(-disputes, kind="stable")[: team.posts]
        items = items[order]
        newest = np.concatenate([active, self.articles.new(tick)])[-team.archive :]
        archive = np.union1d(newest, items)
        return Posts(tick, items, self.articles["author"][items], disputes[order], archive, self._say(tick))

    def govern(self, tick: int, posts: Posts, verdicts: Verdicts) -> Events:
        """What is removed leaves the lists at once; the rest stays as it was. Each article is looked at once."""
        self._marks["reviewed"][posts.items] = True
        self._marks["removed"][posts.items[verdicts.action == ACTION["remove"]]] = True
        why = np.array([REASON[name] for name in ACTIONS], np.int8)[verdicts.action]
        return Events.of("verdict", np.full(len(posts), _MODERATOR), posts.items, value=verdicts.score, why=why)

    def _team(self, tick: int) -> Checking:
        now = self.scenario.at(tick)
        assert isinstance(now, Team)
        return now.team

    def _showable(self, tick: int) -> IntArray:
        self._grow()
        active = self._active(tick)
        return active[~self._marks["removed"][active]]

    def _grow(self) -> None:
        for name, kind in _MARKS.items():
            more = np.zeros(len(self.articles) - len(self._marks[name]), kind)
            self._marks[name] = np.concatenate([self._marks[name], more])

    # ---- apply -------------------------------------------------------------------------------------------------

    def _read(self, tick: int, actions: Actions) -> Events:
        events = super()._read(tick, actions)
        self._grow()
        assert self.view is not None
        clicked = self.view.clicked
        draws = self.streams.uniform("dispute", tick, clicked.agent, self.articles["key"][clicked.item])
        chance = np.where(self.false(clicked.item), self.rumours.dispute, self.rumours.mistaken)
        disputed = draws < chance
        agent, item = clicked.agent[disputed], clicked.item[disputed]
        self._marks["disputes"] += np.bincount(item, minlength=len(self.articles)).astype(np.int32)
        every = np.arange(len(self.articles))
        self.view.rumours = Rumours(self.false(every), self._marks["reviewed"], self._marks["removed"], len(agent))
        return Events.concat([events, Events.of("dispute", agent, item)])

    # ---- state -------------------------------------------------------------------------------------------------

    def state(self) -> Mapping[str, NDArray[np.generic]]:
        """Everything needed to go on."""
        self._grow()
        return {**super().state(), **{f"rumours.{name}": column for name, column in self._marks.items()}}

    def load(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Take up where ``state`` was taken."""
        super().load(state)
        self._marks = {name: np.array(state[f"rumours.{name}"]) for name in _MARKS}
