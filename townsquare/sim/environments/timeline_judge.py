"""Which posts and opinions a timeline takes, and why not the others."""

import numpy as np

from townsquare.protocols.actions import KIND as ACTION
from townsquare.protocols.actions import Actions
from townsquare.protocols.columns import BoolArray, FloatArray, IntArray
from townsquare.protocols.events import REASON
from townsquare.sim.moderators.harm_words import harm

WIDTH = 2
"""Numbers that make up a post's content: stance and harm."""


def posts(actions: Actions, limits: IntArray, parents: BoolArray) -> IntArray:
    """(n,) codes of ``events.REASONS`` for new posts; 0 for what is taken.

    Args:
        actions: what is wanted; anything but ``post`` is not allowed. Content is (stance, harm), both in [0, 1]; a harm
            of NaN leaves it to the words.
        limits: (agents,) how many each may post now; 0 for those who were not asked.
        parents: (posts,) True for the posts that may be answered; -1, none, always may be.
    """
    n = len(actions)
    reason = np.zeros(n, np.int8)
    agent = actions.agent.astype(np.int64)
    here = (agent >= 0) & (agent < len(limits))
    asked = here & (limits[np.where(here, agent, 0)] > 0)
    _object(reason, ~asked | (actions.kind != ACTION["post"]) | ~_content_is_right(actions), "not allowed")
    item = actions.item.astype(np.int64)
    known = (item >= -1) & (item < len(parents))
    _object(reason, ~known | ((item >= 0) & ~parents[np.where(known, item, 0)]), "unknown item")
    rows = np.flatnonzero(reason == 0)
    late = running(agent[rows]) >= limits[agent[rows]]
    reason[rows[late]] = REASON["over the limit"]
    return reason


def opinions(actions: Actions, reads: IntArray, span: int, members: int) -> IntArray:
    """(n,) codes of ``events.REASONS`` for opinions that minds say; 0 for what is taken.

    Args:
        actions: of the kind ``opinion``: ``value`` in [0, 1], ``item`` what was read, or -1 for nothing in particular.
        reads: the pairs agent * span + item of this tick's clicks.
        span: more than any item id.
        members: how many members there are; nobody else has an opinion here.
    """
    reason = np.zeros(len(actions), np.int8)
    here = (actions.agent >= 0) & (actions.agent < members)
    _object(reason, ~here | ~((actions.value >= 0) & (actions.value <= 1)), "not allowed")
    key = np.where(here, actions.agent, 0).astype(np.int64) * span + actions.item
    _object(reason, (actions.item >= 0) & ~np.isin(key, reads), "not shown")
    _, first = np.unique(key, return_index=True)
    again = np.ones(len(actions), bool)
    again[first] = False
    _object(reason, again, "twice")
    return reason


def content(actions: Actions) -> tuple[FloatArray, FloatArray]:
    """Stance and harm of posts that are taken; where a mind says nothing of harm, what the words come to."""
    if not len(actions):
        return np.zeros(0), np.zeros(0)
    stance, hurt = actions.vector[:, 0].astype(np.float64), actions.vector[:, 1].astype(np.float64).copy()
    silent = np.isnan(hurt)
    if silent.any():
        hurt[silent] = harm(list(actions.text[silent]))
    return np.round(stance, 5), np.round(hurt, 5)


def running(agent: IntArray) -> IntArray:
    """(n,) how many earlier rows each row's agent has."""
    order = np.argsort(agent, kind="stable")
    ranked = agent[order]
    fresh = np.concatenate([[True], ranked[1:] != ranked[:-1]]) if len(agent) else np.zeros(0, bool)
    begin = np.maximum.accumulate(np.where(fresh, np.arange(len(agent)), 0))
    count = np.empty(len(agent), np.int64)
    count[order] = np.arange(len(agent)) - begin
    return count


def _content_is_right(actions: Actions) -> BoolArray:
    if actions.vector.shape[1] != WIDTH:
        return np.zeros(len(actions), bool)
    stance, hurt = actions.vector[:, 0], actions.vector[:, 1]
    right: BoolArray = (stance >= 0) & (stance <= 1) & (np.isnan(hurt) | ((hurt >= 0) & (hurt <= 1)))
    return right


def _object(reason: IntArray, rows: BoolArray, why: str) -> None:
    """Note an objection where there is none yet."""
    reason[rows & (reason == 0)] = REASON[why]
