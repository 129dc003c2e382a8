"""Who was moved by what they were shown: opinions that changed, joined to the post that changed them and to why it was
shown. Everything follows from the events, posts and agents of a run folder.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from townsquare.protocols.columns import NOBODY, BoolArray, FloatArray, IntArray
from townsquare.protocols.events import KIND, REASON, REASONS, Events
from townsquare.protocols.intervals import paired_columns
from townsquare.protocols.streams import Streams

GROUPS = ("members", "persuaders", "bots", "nobody")
"""Groups of authors; nobody wrote what is no post, and so nobody caused a change of mind that names none."""
SOURCES = ("followed", "match", "first audience", "fill", "")
"""Why a post was shown; "" for posts of which no exposure is on record, and for moves by nothing in particular."""
HUMAN = (-0.22 / 4, 0.14 / 4)
"""How far one-off debates moved people towards their opponents, as a share of the scale: mean shifts of -.22 (human
opponent) to +.14 (personalised AI) of the 4 points between the ends (Salvi et al., 2025; linear shift model).
"""
_EVERYTHING = "all"


@dataclass(frozen=True, slots=True)
class Moved:
    """What a run came to; moves are signed: above 0 towards the goal."""

    rows: tuple[dict[str, Any], ...]
    """By source and group of the author, then by group, then all: source, authors, exposures, reads, likes, members
    (whom it moved), move (mean over all members, so that rows add up), low, high (of the move, by a bootstrap over
    members; None where there are too few).
    """
    posts: pd.DataFrame
    """A row per post that moved anybody, strongest first: item, author, authors, exposures, reads, likes, members,
    move (the sum over members).
    """
    start: float
    """Mean opinion before the first tick."""
    end: float
    """Mean opinion after the last."""
    members: int
    opinions: FloatArray
    """(members,) opinions after the last tick."""

    @property
    def whole(self) -> dict[str, Any]:
        """The last row: everything."""
        return self.rows[-1]


class MovedTally:
    """Takes in the events of a run, tick after tick from the first on."""

    def __init__(self, items: pd.DataFrame, agents: pd.DataFrame, *, goal: int) -> None:
        """Args:
        items: items.parquet of the run: item, author.
        agents: agents.parquet: agent, group, and of members the opinion that they begin with.
        goal: which way counts as towards: 1 up, -1 down.
        """
        group = agents["group"].to_numpy(object)
        self.goal, self.n = goal, int((group == "members").sum())
        self.started = np.round(agents["opinion"].to_numpy(np.float64)[: self.n], 5)
        self.opinions = self.started.copy()
        of = np.array([GROUPS.index(name) for name in group], np.int64)
        span = int(items["item"].max()) + 1 if len(items) else 0
        # one place more than there are items, for what is none of them
        self.author = np.full(span + 1, NOBODY, np.int64)
        self.author[items["item"].to_numpy(np.int64)] = items["author"].to_numpy(np.int64)
        self.group = np.where(self.author >= 0, of[np.maximum(self.author, 0)], len(GROUPS) - 1)
        self.counts = {kind: np.zeros((len(SOURCES), len(GROUPS)), np.int64) for kind in ("shown", "click", "like")}
        self.per_item = {kind: np.zeros(span + 1, np.int64) for kind in self.counts}
        self.moves = np.zeros((self.n, len(SOURCES) * len(GROUPS)))
        self.touched: BoolArray = np.zeros(self.moves.shape, bool)
        self.steps: list[tuple[IntArray, IntArray, IntArray, FloatArray]] = []
        """Per tick: members, posts, sources and signed moves, in the order in which they happened."""
        self._source = np.full(len(REASONS), len(SOURCES) - 1)
        for place, name in enumerate(SOURCES):
            self._source[REASON[name]] = place

    def add(self, events: Events) -> None:
        """One tick."""
        item = np.where((events.item >= 0) & (events.item < len(self.author) - 1), events.item, -1).astype(np.int64)
        agent = events.agent.astype(np.int64)
        shown = np.flatnonzero(events.kind == KIND["shown"])
        span = len(self.author) + 1
        keys = agent[shown] * span + item[shown]
        order = np.argsort(keys, kind="stable")
        keys, whys = keys[order], self._source[events.why[shown][order]]
        for kind, counts in self.counts.items():
            rows = np.flatnonzero(events.kind == KIND[kind])
            source = _looked_up(keys, whys, agent[rows] * span + item[rows])
            np.add.at(counts, (source, self.group[item[rows]]), 1)
            self.per_item[kind] += np.bincount(item[rows] % len(self.author), minlength=len(self.author))
        rows = np.flatnonzero((events.kind == KIND["opinion"]) & (agent < self.n))
        who, what = agent[rows], item[rows]
        by = self._steps(who, np.round(events.value[rows].astype(np.float64), 5))
        source = _looked_up(keys, whys, who * span + what)
        cell = source * len(GROUPS) + self.group[what]
        np.add.at(self.moves, (who, cell), by)
        self.touched[who, cell] = True
        self.steps.append((who, what, source, by))

    def _steps(self, who: IntArray, values: FloatArray) -> FloatArray:
        """(n,) signed: each opinion minus the one that its member held right before."""
        order = np.argsort(who, kind="stable")
        ranked, said = who[order], values[order]
        before = np.empty(len(said))
        before[1:] = said[:-1]
        fresh = np.concatenate([[True], ranked[1:] != ranked[:-1]]) if len(ranked) else np.zeros(0, bool)
        before[fresh] = self.opinions[ranked[fresh]]
        last = np.concatenate([fresh[1:], [True]]) if len(ranked) else fresh
        self.opinions[ranked[last]] = said[last]
        by = np.empty(len(said))
        by[order] = self.goal * np.round(said - before, 5)
        return by

    def moved(self, level: float = 0.95) -> Moved:
        """What it all came to."""
        every = len(SOURCES)
        groups = self.moves.reshape(self.n, every, -1).sum(axis=1)
        touched = np.any(self.touched.reshape(self.n, every, -1), axis=1)
        columns = np.column_stack([self.moves, groups, groups.sum(axis=1)])
        ever = np.column_stack([self.touched, touched, np.any(touched, axis=1)])
        rng = Streams(0).get("moved")
        found = paired_columns(np.zeros_like(columns), columns, level=level, rng=rng)
        names = [(s, g) for s in SOURCES for g in GROUPS] + [(_EVERYTHING, g) for g in GROUPS]
        names.append((_EVERYTHING, _EVERYTHING))
        counted = {
            kind: np.concatenate([counts.ravel(), counts.sum(axis=0), [counts.sum()]])
            for kind, counts in self.counts.items()
        }
        rows = []
        for place, (source, authors) in enumerate(names):
            one, move = found[place].interval, columns[:, place]
            row = {
                "source": source or "not on record",
                "authors": authors,
                "exposures": int(counted["shown"][place]),
                "reads": int(counted["click"][place]),
                "likes": int(counted["like"][place]),
                "members": int(ever[:, place].sum()),
                "move": float(move.mean()) if self.n else float("nan"),
                "low": None if one is None else one[0],
                "high": None if one is None else one[1],
            }
            if row["exposures"] or row["reads"] or row["members"] or place == len(names) - 1:
                rows.append(row)
        ends = float(self.started.mean()), float(self.opinions.mean())
        return Moved(tuple(rows), self._posts(), *ends, self.n, self.opinions)

    def _posts(self) -> pd.DataFrame:
        steps = self._all()
        made = steps[steps["item"] >= 0].groupby("item").agg(members=("agent", "nunique"), move=("move", "sum"))
        made = made.reset_index().astype({"item": np.int64})
        item = made["item"].to_numpy()
        made["author"] = self.author[item]
        made["authors"] = [GROUPS[code] for code in self.group[item].tolist()]
        for kind, name in (("shown", "exposures"), ("click", "reads"), ("like", "likes")):
            made[name] = self.per_item[kind][item]
        made["move"] = made["move"].round(5)
        order = np.lexsort((item, -made["move"].abs().to_numpy()))
        columns = ["item", "author", "authors", "exposures", "reads", "likes", "members", "move"]
        return made.iloc[order][columns].reset_index(drop=True)

    def of_member(self, agent: int) -> pd.DataFrame:
        """What moved one member, in the order in which it happened: tick, item, author, authors, source, move and the
        post's share of all the ways that the member's opinion went (the absolute moves add up to 1).
        """
        steps = self._all()
        mine = steps[steps["agent"] == agent].drop(columns="agent").reset_index(drop=True)
        item = mine["item"].to_numpy()
        mine["author"] = np.where(item >= 0, self.author[item], NOBODY)
        mine["authors"] = [GROUPS[code] for code in self.group[item].tolist()]
        mine["source"] = [SOURCES[code] or "not on record" for code in mine["source"].tolist()]
        whole = float(mine["move"].abs().sum())
        mine["share"] = mine["move"].abs() / whole if whole else 0.0
        return mine[["tick", "item", "author", "authors", "source", "move", "share"]]

    def _all(self) -> pd.DataFrame:
        columns = [np.concatenate([np.zeros(0), *(step[i] for step in self.steps)]) for i in range(4)]
        who, what, source = (column.astype(np.int64) for column in columns[:3])
        tick = np.repeat(np.arange(len(self.steps)), [len(step[0]) for step in self.steps])
        return pd.DataFrame({"tick": tick, "agent": who, "item": what, "source": source, "move": columns[3]})


def moved(
    items: pd.DataFrame, agents: pd.DataFrame, ticks: Iterable[Events], *, goal: int, level: float = 0.95
) -> Moved:
    """Who was moved by what they were shown, in one call; see ``MovedTally`` for the arguments."""
    tally = MovedTally(items, agents, goal=goal)
    for events in ticks:
        tally.add(events)
    return tally.moved(level)


def warnings(move: float, low: float | None, of: str) -> list[str]:
    """A sentence where members moved farther than people do: over-susceptible, as simulated agents tend to be.

    Args:
        move: mean move towards the goal, as a share of the scale.
        low: the lower end of its interval; None where it has none.
        of: what moved them, in words.
    """
    least = abs(move) if low is None else low if move > 0 else 0.0
    if least <= HUMAN[1]:
        return []
    return [
        f"over-susceptible: members moved {move:+.3f} of the scale towards the goal {of}; the strongest arm of one-off "
        f"debates moved people by {HUMAN[1]:+.3f}."
    ]


def _looked_up(keys: IntArray, values: IntArray, wanted: IntArray) -> IntArray:
    """The value of each wanted key; the last source, not on record, where it is not among the sorted ``keys``."""
    if not len(keys):
        return np.full(len(wanted), len(SOURCES) - 1)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, values[place], len(SOURCES) - 1)
