"""What a report shows of a moderated timeline."""

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from townsquare.comparison.moderation import moderation_of
from townsquare.protocols.post_kinds import KIND, KINDS
from townsquare.protocols.runfolder import RunFolder
from townsquare.sim.measures.moderation_tally import ModerationTally


def reported(run: RunFolder, beside: RunFolder | None = None) -> dict[str, Any] | None:
    """What a run prints about moderation, and the same over ticks; None for every other run, or before the first tick.

    ``breaks``: the kinds that break the rules; ``groups``: rows of tick, group and value, the share of what a group of
    readers was shown that breaks them; ``posts``: rows of tick, kind and value, posts per author of that kind. The town
    without moderation is run in memory, unless another run stands ``beside`` this one already.
    """
    outcome = moderation_of(run, control=beside is None)
    if outcome is None:
        return None
    breaks, agents, items = outcome.scenario.breaks, run.agents(), run.items()
    lines = {"groups": harm_by_tick(run, agents, items, breaks), "posts": posts_by_tick(run, agents, items)}
    return outcome.plain() | {"breaks": list(breaks)} | lines


def harm_by_tick(
    run: RunFolder, agents: pd.DataFrame, items: pd.DataFrame, breaks: Collection[str]
) -> list[dict[str, Any]]:
    """Rows of tick, group and value, groups in the order of their first member; what is blurred counts where it was
    read. A group that was shown nothing in a tick has no row.
    """
    mine = agents[agents["policy"] != ""]
    policy, kinds = mine["policy"].to_numpy(object), np.array([KIND.get(name, 0) for name in items["kind"]], np.int64)
    born = items["born"].to_numpy(np.int64)
    tally = ModerationTally(len(mine), np.array([kind in breaks for kind in KINDS]))
    rows, before = [], (np.zeros(len(mine)), np.zeros(len(mine)))
    for tick in run.ticks():
        tally.add(run.tick_events(tick), kinds[: int(np.searchsorted(born, tick, side="right"))])
        now = tally.shown[:, tally.breaks].sum(axis=1).astype(float), tally.places.astype(float)
        harm, places = (one - other for one, other in zip(now, before, strict=True))
        before = now
        for group in sorted(set(policy), key=list(policy).index):
            whole = places[policy == group].sum()
            if whole:
                rows.append({"tick": tick, "group": str(group), "value": float(harm[policy == group].sum() / whole)})
    return rows


def posts_by_tick(run: RunFolder, agents: pd.DataFrame, items: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of tick, kind and value: posts per author of each kind, answers left out; in the order of ``KINDS``."""
    kinds = agents["kind"].to_numpy(object)
    own = items[(items["author"] >= 0) & (items["reply_to"] < 0)]
    own = own[kinds[own["author"]] != ""]
    counted = own.groupby([kinds[own["author"]], own["born"]]).size()
    heads = pd.Series(kinds).value_counts()
    return [
        {"tick": tick, "kind": kind, "value": float(counted.get((kind, tick), 0)) / int(heads[kind])}
        for kind in KINDS
        if heads.get(kind, 0)
        for tick in run.ticks()
    ]
