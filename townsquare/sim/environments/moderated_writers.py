"""The members of a moderated timeline whose posts a mind of their own writes: what it is shown, and asked."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.actions import KIND as ACT
from townsquare.protocols.actions import Actions
from townsquare.protocols.columns import NOBODY, BoolArray, IntArray
from townsquare.protocols.events import REASON, Events
from townsquare.protocols.observations import Observations
from townsquare.protocols.post_kinds import WAYS
from townsquare.sim.environments.moderated_docket import Docket
from townsquare.sim.environments.timeline_cast import Cast
from townsquare.sim.environments.timeline_posts import TimelinePosts

GROUP = "authors"
"""What the cohort is called; everything else these members do, they do among the members."""
_OWN = 5
"""An author's own latest posts that lie before it, at most."""


class Writers:
    """Whom a mind of their own writes for, and which of them have yet to say what they make of a verdict.

    They are asked in the tick of the verdict, before anything else happens; about a verdict of the reviewer, who works
    at the end of a tick, in the next. Of several verdicts the last one counts.
    """

    def __init__(self, writers: IntArray, members: int) -> None:
        """``writers``: ids, ascending."""
        self.agents = np.asarray(writers, np.int64)
        self.mask: BoolArray = np.zeros(members, bool)
        self.mask[self.agents] = True
        self.about: IntArray = np.full(len(self.agents), NOBODY, np.int64)
        """(writers,) the post something was done about, of which each has yet to be asked; -1 for none."""
        self._shown: IntArray = np.full(len(self.agents), NOBODY, np.int64)

    def split(self, seen: Observations, posts: TimelinePosts, docket: Docket) -> list[Observations]:
        """The members who post now without a mind of their own; and those with one, before their own latest posts.

        Feature of a post: ``standing``, what is in force about it (``moderator.ACTIONS``).
        """
        mine = self.mask[seen.agents]
        if not mine.any():
            return [seen]
        theirs = _rows(seen, np.flatnonzero(mine))
        low = seen.tick - posts.keep
        recent = posts.between(max(low, 0), seen.tick)
        recent = recent[(posts["parent"][recent] < 0) & np.isin(posts["author"][recent], theirs.agents)]
        own = np.full((len(theirs), _OWN), NOBODY, np.int32)
        for row, agent in enumerate(theirs.agents.tolist()):
            latest = recent[posts["author"][recent] == agent][-_OWN:]
            own[row, : len(latest)] = latest
        held = np.maximum(own, 0)
        features = {
            "standing": docket["standing"][held].astype(np.float64),
            "likes": posts["likes"][held].astype(float),
        }
        theirs = replace(
            theirs,
            group=GROUP,
            items=own,
            keys=np.asarray(posts.column("key", own), np.uint64),
            features=features,
            text=lambda item: posts.texts.get(item, ""),
        )
        rest = np.flatnonzero(~mine)
        return [_rows(seen, rest), theirs] if len(rest) else [theirs]

    def felt(self, authors: IntArray, items: IntArray) -> BoolArray:
        """(n,) of which authors a mind of their own decides what they make of it that something was done."""
        mine = self.mask[authors]
        self.about[np.searchsorted(self.agents, authors[mine])] = items[mine]
        return mine

    def asked(self, tick: int, posts: TimelinePosts, docket: Docket, cast: Cast) -> list[Observations]:
        """Task "adapt": one cohort of those who have yet to be asked, each before the post it is about.

        Feature ``standing``: what was done (``moderator.ACTIONS``).
        """
        self._shown, self.about = self.about, np.full(len(self.agents), NOBODY, np.int64)
        rows = np.flatnonzero(self._shown >= 0)
        if not len(rows):
            return []
        agents, items = self.agents[rows], self._shown[rows][:, None].astype(np.int32)
        return [
            Observations(
                tick,
                GROUP,
                "adapt",
                agents,
                1,
                items,
                {},
                {"standing": docket["standing"][items].astype(np.float64)},
                np.asarray(posts.column("key", items), np.uint64),
                text=lambda item: posts.texts.get(item, ""),
                seats=cast.seats(agents),
            )
        ]

    def made_up(self, actions: Actions) -> tuple[Events, IntArray, IntArray, Actions]:
        """What is on record of those who were asked, who goes on in which way (``WAYS``), and all other actions."""
        adapt = actions.kind == ACT["adapt"]
        mine, rest = actions.where(adapt), actions.where(~adapt)
        about = dict(zip(self.agents.tolist(), self._shown.tolist(), strict=True))
        reason = np.zeros(len(mine), np.int8)
        done: set[int] = set()
        for row, (agent, item, value) in enumerate(
            zip(mine.agent.tolist(), mine.item.tolist(), mine.value.tolist(), strict=True)
        ):
            if item < 0 or about.get(agent, NOBODY) != item or value not in range(len(WAYS)):
                reason[row] = REASON["not allowed"]
            elif agent in done:
                reason[row] = REASON["twice"]
            done.add(agent)
        self._shown = np.full(len(self.agents), NOBODY, np.int64)
        bad, good = mine.where(reason > 0), mine.where(reason == 0)
        refused = Events.of("refused", bad.agent, bad.item, why=reason[reason > 0])
        events = Events.concat([refused, Events.of("adapt", good.agent, good.item, value=good.value)])
        return events, good.agent.astype(np.int64), good.value.astype(np.int64), rest

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything, as arrays."""
        return {"writers.about": self.about}

    def load(self, state: Mapping[str, NDArray[Any]]) -> None:
        """The inverse of ``state``."""
        self.about = state["writers.about"].astype(np.int64)


def _rows(seen: Observations, rows: IntArray) -> Observations:
    """Some of a cohort that has nothing before it."""
    return replace(
        seen,
        agents=seen.agents[rows],
        items=seen.items[rows],
        traits={name: column[rows] for name, column in seen.traits.items()},
        keys=seen.keys[rows],
        seats=seen.seats[rows],
    )
