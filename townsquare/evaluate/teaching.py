"""What agents are taught with: the lessons that follow from lists, and the items to tell apart."""

import numpy as np

from townsquare.agents.choosers.lessons import Lesson
from townsquare.evaluate.lists import Lists
from townsquare.protocols import DataError, FloatArray, Streams


def taking_turns(lists: Lists, streams: Streams) -> list[Lesson]:
    """AgentCF's order: every user's first interaction, then every user's second, ...; negatives by popularity.

    Popularity counts the interactions that are learned from and the ones that histories start with. A negative is of
    the positive's domain and nothing the user has among them; the target and the interaction before it may well be
    drawn, for the user's future is not known here.
    """
    taught = lists.taught()
    turn: dict[int, int] = {}
    rows = []
    for user, item, _ in taught:
        turn[user] = turn.get(user, -1) + 1
        rows.append((turn[user], user, item))
    seen = np.concatenate([had[:-1] for had in lists.history])
    with np.errstate(divide="ignore"):
        popularity = np.log(np.bincount(seen, minlength=len(lists.goods)).astype(np.float64))
    return [
        Lesson(tick, user, item, _negative(lists, streams, tick, user, item, popularity))
        for tick, (_, user, item) in enumerate(sorted(rows), start=1)
    ]


def by_time(lists: Lists, streams: Streams) -> list[Lesson]:
    """AgentCF++'s order: all interactions by time, at one time by user; negatives evenly.

    A negative comes from the user's own candidate list, where the data have one, else from all items of the positive's
    domain; it is of that domain, and nothing the user has among what is learned from.
    """
    rows = sorted((time, user, place, item) for place, (user, item, time) in enumerate(lists.taught()))
    return [
        Lesson(tick, user, item, _negative(lists, streams, tick, user, item, _even(lists, user)))
        for tick, (_, user, _, item) in enumerate(rows, start=1)
    ]


def _even(lists: Lists, user: int) -> FloatArray:
    if not lists.negatives:
        return np.zeros(len(lists.goods))
    weights = np.full(len(lists.goods), -np.inf)
    weights[lists.negatives[user]] = 0.0
    return weights


def _negative(lists: Lists, streams: Streams, tick: int, user: int, positive: int, weights: FloatArray) -> int:
    """One item in proportion to exp(weights); evenly from the domain where the weights leave nothing."""
    alike = lists.domain_numbers == lists.domain_numbers[positive]
    had = np.zeros(len(alike), bool)
    had[lists.history[user][:-1]] = True
    free = np.flatnonzero(alike & ~had)
    if not len(free):
        raise DataError(
            f"user {lists.user_ids[user]!r} has every item of the domain {lists.goods.domains[positive]!r}: nothing is "
            "left to tell them from."
        )
    noise = streams.gumbel("learning negatives", tick, np.full(len(free), user), free)
    wanted = weights[free] if np.isfinite(weights[free]).any() else np.zeros(len(free))
    return int(free[np.argmax(wanted + noise)])
