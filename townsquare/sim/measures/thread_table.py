"""What counterspeech came to in a finished run, with intervals over threads, authors or members (ours)."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from townsquare.protocols.columns import NOBODY, FloatArray, IntArray
from townsquare.protocols.counterspeech import LABEL
from townsquare.protocols.events import KIND, REASON, Events
from townsquare.protocols.intervals import MANY, Interval, t_interval
from townsquare.protocols.streams import Streams
from townsquare.sim.measures.counterspeech import bystanders, recurs
from townsquare.sim.measures.diversity import diversity
from townsquare.sim.measures.objections import objected, perceived_norm

DRAWS = 2000
_CELLS = 1_000_000
"""Drawn units that are held at a time."""
SURVEY = ("norm", "credible", "persuasive")
"""Ids of questions, answered 1 to 7, that the table takes up where a questionnaire asks them."""


def thread_rows(
    items: pd.DataFrame,
    agents: pd.DataFrame,
    ticks: Iterable[tuple[int, Events]],
    answers: pd.DataFrame | None = None,
    *,
    harmful: float = 0.6,
    level: float = 0.95,
) -> list[dict[str, Any]]:
    """One row per measure: measure, unit, n, value, low, high; None for a value or an interval that there is not.

    A thread is a harmful post by anybody but a bot, with all that answers it. Intervals are percentiles of a bootstrap
    over the units, 2000 draws; with fewer than 30 units Student's t of the linearised ratio. Empty where nobody posted
    any harm. The measures are those of ``counterspeech`` over the whole run, ``norm`` over all a member was shown.

    Args:
        items: the posts of the run (items.parquet): item, author, born, text, harm, reply_to, counter.
        agents: agents.parquet: agent, group.
        ticks: the events of every tick, in order.
        answers: answers to questionnaires, if there are any: question, agent, value; those of ``SURVEY`` count.
        harmful: harm from which a post is harmful.
        level: of the intervals.
    """
    posts = _Posts(items, agents, harmful)
    if not posts.hateful.any():
        return []
    seen = _Seen(posts)
    for tick, events in ticks:
        seen.add(tick, events)
    rows = _rows(posts, seen, level)
    if answers is None or answers.empty:
        return rows
    for name in SURVEY:
        told = answers[(answers["question"] == name) & answers["value"].notna()]
        if len(told):
            each = told.groupby("agent")["value"].mean().to_numpy(np.float64)
            rows.append(_row(f"survey_{name}", "member asked", each, np.ones(len(each)), level))
    return rows


class _Posts:
    """The posts of a run as columns by id; ids without a post belong to nobody."""

    def __init__(self, items: pd.DataFrame, agents: pd.DataFrame, harmful: float) -> None:
        size = int(items["item"].max()) + 1 if len(items) else 0
        at = items["item"].to_numpy()

        def column(name: str, empty: float) -> Any:
            made = np.full(size, empty, np.float64)
            made[at] = items[name].to_numpy(np.float64)
            return made

        group = dict(zip(agents["agent"].tolist(), agents["group"].tolist(), strict=True))
        self.author, self.parent, self.born = (
            column(name, NOBODY).astype(np.int64) for name in ("author", "reply_to", "born")
        )
        self.counter = column("counter", 0) > 0
        of = [group.get(author, "") for author in self.author.tolist()]
        self.member, self.by_bot = (np.array([one == name for one in of], bool) for name in ("members", "bots"))
        # the log keeps harm in float32, and a post of .6 is as harmful there as it was in the town
        self.hateful = (self.author >= 0) & ~self.by_bot & (np.round(column("harm", 0), 5) >= harmful)
        self.text = dict(zip(at.tolist(), items["text"].tolist(), strict=True))
        self.people = np.array([agent for agent, one in group.items() if one == "members"], np.int64)
        self.bots = np.array([agent for agent, one in group.items() if one == "bots"], np.int64)


class _Seen:
    """What was liked, shown and withheld, added up tick by tick."""

    def __init__(self, posts: _Posts) -> None:
        self.posts = posts
        self.likes = np.zeros(len(posts.author))
        self.harmful, self.objections = (np.zeros(int(posts.people.max(initial=-1)) + 1) for _ in range(2))
        self.withheld = 0

    def add(self, tick: int, events: Events) -> None:
        """One tick."""
        posts, size = self.posts, len(self.posts.author)
        self.likes += np.bincount(events.only("like").item.astype(np.int64), minlength=size)
        refused = events.where((events.kind == KIND["refused"]) & (events.why == REASON["not allowed"]))
        self.withheld += int(np.isin(refused.agent, posts.bots).sum())
        shown = events.only("shown")
        agent, item = shown.agent.astype(np.int64), shown.item.astype(np.int64)
        below = objected(posts.parent, posts.born, posts.counter, posts.by_bot, tick, size)
        hate = posts.hateful[item]
        people = len(self.harmful)
        self.harmful += np.bincount(agent[hate], minlength=people)
        self.objections += np.bincount(agent, np.where(hate, below[item], 0) + posts.counter[item], minlength=people)


def _rows(posts: _Posts, seen: _Seen, level: float) -> list[dict[str, Any]]:
    threads = np.flatnonzero(posts.hateful)
    ones = np.ones(len(threads))

    def below(mask: "np.ndarray[Any, Any]") -> FloatArray:
        return np.bincount(posts.parent[mask], minlength=len(posts.author))[threads].astype(np.float64)

    replies = bystanders(posts.author, posts.parent, posts.member, posts.hateful)
    objecting = posts.member & posts.counter
    answering: IntArray = np.flatnonzero(objecting)
    under = np.bincount(posts.parent[answering], seen.likes[answering], minlength=len(posts.author))[threads].astype(
        np.float64
    )
    again = recurs(posts.author[threads], posts.born[threads])
    norms = perceived_norm(seen.harmful[posts.people], seen.objections[posts.people])
    norms = norms[~np.isnan(norms)]
    said = [posts.text[item] for item in np.flatnonzero(posts.by_bot & (posts.parent >= 0)).tolist()]
    repeats = diversity(said, label=LABEL)
    rows = [
        _row("harmful_posts", "thread", ones, None, level),
        _row("bystander_replies", "thread", below(replies), ones, level),
        _row("counterspeech_share", "thread", below(replies & posts.counter), below(replies), level),
        _row("bot_replies", "thread", below(posts.by_bot), ones, level),
        _row("likes_on_hate", "thread", seen.likes[threads], ones, level),
        _row("likes_on_counterspeech", "thread", under, below(objecting), level),
        _row("hate_recurrence", "author", again, np.ones(len(again)), level),
        _row("norm", "member", norms, np.ones(len(norms)), level),
    ]
    if len(posts.bots):
        rows.append(_plain("replies_withheld", "reply", len(said) + seen.withheld, float(seen.withheld)))
        rows.append(_plain("reply_repeats", "reply", len(said), repeats.duplicated))
        rows.append(_plain("replies_constant", "reply", len(said), float(repeats.constant)))
    return rows


def _plain(name: str, unit: str, n: int, value: float) -> dict[str, Any]:
    told = None if np.isnan(value) else value
    return {"measure": name, "unit": unit, "n": n, "value": told, "low": None, "high": None}


def _row(name: str, unit: str, part: FloatArray, whole: FloatArray | None, level: float) -> dict[str, Any]:
    """``sum(part) / sum(whole)`` over units, with its interval; without ``whole`` the sum alone."""
    if whole is None:
        return _plain(name, unit, len(part), float(part.sum()))
    if not whole.sum():
        return _plain(name, unit, 0, float("nan"))
    found = _plain(name, unit, len(part), float(part.sum() / whole.sum()))
    interval = _interval(part, whole, level, Streams(0).get("thread table", name))
    return found | ({"low": interval[0], "high": interval[1]} if interval else {})


def _interval(part: FloatArray, whole: FloatArray, level: float, rng: np.random.Generator) -> Interval | None:
    """Of a ratio of sums over units that are drawn anew together; None for fewer than two."""
    n, value = len(part), float(part.sum() / whole.sum())
    if n < MANY:
        found = t_interval((part - value * whole) / whole.mean(), level)
        return (value + found[0], value + found[1]) if found else None
    ratios = np.full(DRAWS, np.nan)
    at_once = max(1, _CELLS // n)
    for start in range(0, DRAWS, at_once):
        rows = rng.integers(0, n, (min(at_once, DRAWS - start), n))
        total = whole[rows].sum(axis=1)
        np.divide(part[rows].sum(axis=1), total, out=ratios[start : start + len(rows)], where=total > 0)
    low, high = np.nanquantile(ratios, [0.5 - level / 2, 0.5 + level / 2])
    return float(low), float(high)
