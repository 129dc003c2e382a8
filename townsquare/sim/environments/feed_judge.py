"""Which of the things agents want to do the news town allows, and why not the others."""

from dataclasses import dataclass, replace

import numpy as np

from townsquare.protocols.actions import KIND as ACTION
from townsquare.protocols.actions import Actions
from townsquare.protocols.columns import NOBODY, BoolArray, IntArray
from townsquare.protocols.events import KIND, NO_ANSWER, REASON, Events
from townsquare.sim.environments.articles import Articles

_LARGEST = 1e6
"""Coordinates and values beyond are nothing that a mind of this town can mean."""


@dataclass(frozen=True, slots=True)
class Touched:
    """Which reader took to which place of its list; columns of one length."""

    agent: IntArray
    item: IntArray
    slot: IntArray

    def key(self, length: int) -> IntArray:
        """One number per (reader, place)."""
        return self.agent.astype(np.int64) * length + self.slot


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of every action: ``reason`` 0 is allowed."""

    reason: IntArray
    clicks: Touched
    likes: Touched
    slot: IntArray

    def events(self, actions: Actions) -> Events:
        """One event per action, in the order of the actions."""
        value = np.clip(np.nan_to_num(actions.value), -_LARGEST, _LARGEST)  # a mind may claim anything
        made = Events.of("click", actions.agent, actions.item, value=value, rank=self.slot, why=self.reason)
        kind = np.where(actions.kind == ACTION["like"], KIND["like"], KIND["click"])
        kind = np.where(self.reason > 0, KIND["refused"], kind).astype(np.int8)
        return Events(made.agent, kind, made.item, made.value, made.rank, made.ref, made.why)


def reading(actions: Actions, lists: IntArray, limit: int) -> Verdict:
    """Clicks must fall on what was shown, once each and ``limit`` at most; a like needs its click."""
    n_readers, length = lists.shape
    agent, item = actions.agent.astype(np.int64), actions.item.astype(np.int64)
    reason = np.zeros(len(actions), np.int8)
    is_click, is_like = actions.kind == ACTION["click"], actions.kind == ACTION["like"]
    here = (agent >= 0) & (agent < n_readers)
    _object(reason, ~(here & (is_click | is_like)), "not allowed")
    place = lists[np.where(here, agent, 0)] == item[:, None]
    slot = np.where(place.any(axis=1) & (item >= 0), place.argmax(axis=1), -1)
    _object(reason, slot < 0, "not shown")
    key = np.where(here, agent, 0) * (length + 1) + slot
    for chosen in (is_click, is_like):
        rows = np.flatnonzero(chosen & (reason == 0))
        _object(reason, _not(rows[_first(key[rows])], rows, len(actions)), "twice")
    rows = np.flatnonzero(is_click & (reason == 0))
    _object(reason, _not(rows[_running(agent[rows]) < limit], rows, len(actions)), "over the limit")
    clicks = np.flatnonzero(is_click & (reason == 0))
    _object(reason, is_like & (reason == 0) & ~np.isin(key, key[clicks]), "not allowed")
    likes = np.flatnonzero(is_like & (reason == 0))
    touched = [Touched(agent[rows], item[rows], slot[rows]) for rows in (clicks, likes)]
    return Verdict(reason, touched[0], touched[1], slot)


def unanswered(actions: Actions, agents: range) -> tuple[Events, Actions]:
    """Those of ``agents`` whose mind got no valid answer, as events, and the actions that are left to judge."""
    silent = actions.kind == ACTION["no_answer"]
    if not silent.any():
        return Events.concat([]), actions
    rows = actions.where(silent)
    known = np.isin(rows.value, [REASON[why] for why in NO_ANSWER])
    here = known & (rows.agent >= agents.start) & (rows.agent < agents.stop)
    why = np.where(here, rows.value, REASON["not allowed"]).astype(np.int8)
    kind = np.where(here, KIND["no_answer"], KIND["refused"]).astype(np.int8)
    made = Events.of("no_answer", rows.agent, np.full(len(rows), NOBODY), why=why)
    return replace(made, kind=kind), actions.where(~silent)


def posts(actions: Actions, n_readers: int, limits: IntArray, articles: Articles) -> tuple[Events, BoolArray]:
    """Only creators post, each as often as its place in ``limits`` says; what they post must be numbers of the town's
    width, and what inspired it an article that exists.
    """
    agent = actions.agent.astype(np.int64)
    reason = np.zeros(len(actions), np.int8)
    _object(reason, (agent < n_readers) | (agent >= n_readers + len(limits)), "not allowed")
    fits = actions.vector.shape[1] == articles.width
    small = (np.abs(actions.vector) < _LARGEST).all(axis=1)  # false for NaN
    _object(reason, (actions.kind != ACTION["post"]) | ~small | (not fits), "not allowed")
    _object(reason, (actions.item < NOBODY) | (actions.item >= len(articles)), "unknown item")
    rows = np.flatnonzero(reason == 0)
    _object(
        reason,
        _not(rows[_running(agent[rows]) < limits[agent[rows] - n_readers]], rows, len(actions)),
        "over the limit",
    )
    bad = reason > 0
    return Events.of("refused", agent[bad], actions.item[bad], why=reason[bad]), ~bad


def _object(reason: IntArray, rows: BoolArray, why: str) -> None:
    """Note an objection where there is none yet."""
    reason[rows & (reason == 0)] = REASON[why]


def _not(good: IntArray, rows: IntArray, n: int) -> BoolArray:
    """True for the rows that are not among the good ones."""
    mask = np.zeros(n, bool)
    mask[rows] = True
    mask[good] = False
    return mask


def _first(key: IntArray) -> IntArray:
    """Places of the first occurrence of each key."""
    return np.unique(key, return_index=True)[1]


def _running(agent: IntArray) -> IntArray:
    """How many earlier rows each row's agent has."""
    order = np.argsort(agent, kind="stable")
    ranked = agent[order]
    fresh = np.concatenate([[True], ranked[1:] != ranked[:-1]]) if len(agent) else np.zeros(0, bool)
    begin = np.maximum.accumulate(np.where(fresh, np.arange(len(agent)), 0))
    count = np.empty(len(agent), np.int64)
    count[order] = np.arange(len(agent)) - begin
    return count
