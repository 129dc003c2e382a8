"""Timelines without what is withheld in another way than as a post of its own: quoted, or below another post."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from townsquare.protocols.columns import IntArray
from townsquare.protocols.observations import Observations
from townsquare.sim.environments.barred import Barred
from townsquare.sim.environments.timeline_posts import TimelinePosts


def without(
    seen: Observations, posts: TimelinePosts, barred: Barred, say: Callable[[frozenset[int]], Callable[[int], str]]
) -> list[Observations]:
    """What members see: no answer of a bot that is withheld, and no quotation of a post that is.

    Args:
        seen: every member's timeline, a row per member; no place of it holds what is barred.
        posts: all there are.
        barred: what is withheld; where it is nothing, ``seen`` is all there is.
        say: what posts say where some are hidden.

    Returns:
        one cohort, and one more for each member whose own posts say something else to it than to the others.
    """
    if not barred:
        return [seen]
    items = seen.items
    agents = np.concatenate([np.full(len(barred.everywhere), -1), barred.agents])
    hidden = np.concatenate([barred.everywhere, barred.items])
    above = posts["parent"][hidden].astype(np.int64)
    below = posts["aside"][hidden] & (above >= 0)
    countered, quality = seen.features["countered"].copy(), seen.features["quality"].copy()
    for agent, post in zip(agents[below].tolist(), above[below].tolist(), strict=True):
        rows = slice(None) if agent < 0 else slice(agent, agent + 1)
        countered[rows] -= items[rows] == post
    quality[(countered <= 0) & (seen.features["countered"] > 0)] = 1.0
    seen = replace(
        seen,
        features={**seen.features, "countered": countered, "quality": quality},
        text=say(frozenset(barred.everywhere.tolist())),
    )
    own, mine, post = agents >= 0, barred.agents, barred.items
    there = ((items[mine] == above[own, None]) & below[own, None]).any(axis=1)
    there |= (posts.column("parent", items[mine]) == post[:, None]).any(axis=1)
    alone = np.unique(mine[there])
    if not len(alone):
        return [seen]
    cohorts = [_rows(seen, np.setdiff1d(seen.agents, alone))]
    for agent in alone.tolist():
        hidden_here = frozenset([*barred.everywhere.tolist(), *post[mine == agent].tolist()])
        cohorts.append(replace(_rows(seen, np.array([agent])), text=say(hidden_here)))
    return [cohort for cohort in cohorts if len(cohort)]


def _rows(seen: Observations, rows: IntArray) -> Observations:
    return replace(
        seen,
        agents=seen.agents[rows],
        items=seen.items[rows],
        traits={name: column[rows] for name, column in seen.traits.items()},
        features={name: column[rows] for name, column in seen.features.items()},
        keys=seen.keys[rows],
        seats=seen.seats[rows],
    )
