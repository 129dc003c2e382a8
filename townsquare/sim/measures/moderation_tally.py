"""What a whole run of a moderated timeline came to, member by member, from its events."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from townsquare.protocols.columns import BoolArray, FloatArray, IntArray
from townsquare.protocols.events import KIND as EVENT
from townsquare.protocols.events import REASON, REASONS, Events
from townsquare.protocols.moderator import ACTIONS, HARMLESS
from townsquare.protocols.post_kinds import KINDS

_ACTION = {REASON[name]: code for code, name in enumerate(ACTIONS)}
_HELD, _APPEAL = 1, 2
"""The ``rank`` of verdicts by the reviewer."""


Share = tuple[float, float, float]
"""A share with the ends of its 95 % interval (Wilson 1927); None where it is one of nothing."""
_Z = 1.959964


def share_of(part: int, whole: int) -> Share | None:
    """``part`` of ``whole``."""
    if not whole:
        return None
    p, spread = part / whole, _Z * _Z / whole
    middle = (p + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * float(np.sqrt(p * (1 - p) / whole + spread / (4 * whole)))
    return p, max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Rates:
    """How well something that was done about posts fits what they truly are."""

    looked: int
    done: int
    hits: int
    truly: int

    def row(self) -> dict[str, Any]:
        """Counts, and precision, recall and false-positive rate with their intervals; None where over nothing."""
        return {
            "looked": self.looked,
            "done": self.done,
            "precision": share_of(self.hits, self.done),
            "recall": share_of(self.hits, self.truly),
            "fpr": share_of(self.done - self.hits, self.looked - self.truly),
        }


class ModerationTally:
    """Takes in the events of a run, tick after tick from the first on; per member and per post."""

    def __init__(self, members: int, breaks: BoolArray) -> None:
        """``breaks``: (kinds,) which kinds break the rules."""
        self.n, self.breaks, self.ticks = members, breaks, 0
        self.shown: IntArray = np.zeros((members, len(KINDS)), np.int64)
        """(members, kinds) how often posts of a kind lay open before a reader; blurred ones where they were read."""
        self.places: IntArray = np.zeros(members, np.int64)
        """(members,) how many places were filled for each reader."""
        self.read: IntArray = np.zeros((members, len(KINDS)), np.int64)
        """(members, kinds) how often a reader read a post of a kind."""
        self.posted: IntArray = np.zeros(members, np.int64)
        """(members,) posts of each, answers left out."""
        self.ruled: dict[int, int] = {}
        """Post -> the last verdict of the channel (``ACTIONS``)."""
        self.decided = {_HELD: 0, _APPEAL: 0}
        self.granted = self.appeals = self.most = 0
        self._standing: IntArray = np.zeros(0, np.int64)

    def add(self, events: Events, kinds: IntArray) -> None:
        """One tick; ``kinds``: (posts,) what every post up to then truly is."""
        self.ticks += 1
        self._standing = np.concatenate([self._standing, np.zeros(len(kinds) - len(self._standing), np.int64)])
        told = events.only("verdict")
        codes = np.array([_ACTION.get(code, 0) for code in range(len(REASONS))])[told.why]
        first = told.rank < 0
        self._standing[told.item[first]] = codes[first]
        self.ruled |= dict(zip(told.item[first].tolist(), codes[first].tolist(), strict=True))
        self._exposures(events, kinds)
        self._standing[told.item[~first]] = codes[~first]
        for matter in self.decided:
            self.decided[matter] += int((told.rank == matter).sum())
        self.granted += int(((told.rank == _APPEAL) & (told.value == 0)).sum())
        self.most = max(self.most, int((~first).sum()))
        self.appeals += len(events.only("dispute"))
        by = events.agent[(events.kind == EVENT["post"]) & (events.ref < 0)]
        self.posted += np.bincount(by[by < self.n], minlength=self.n)

    def begin(self) -> None:
        """What members were shown, read and posted so far is forgotten; verdicts stand."""
        self.ticks = 0
        for counts in (self.shown, self.places, self.read, self.posted):
            counts[:] = 0

    def _exposures(self, events: Events, kinds: IntArray) -> None:
        seen = events.only("shown")
        blurred = self._standing[seen.item] == ACTIONS.index("blur")
        if blurred.any():
            read, span = events.only("click"), len(kinds)
            opened = np.isin(
                seen.agent.astype(np.int64) * span + seen.item, read.agent.astype(np.int64) * span + read.item
            )
            blurred &= ~opened
        np.add.at(self.shown, (seen.agent[~blurred], kinds[seen.item[~blurred]]), 1)
        self.places += np.bincount(seen.agent, minlength=self.n)
        read = events.only("click")
        np.add.at(self.read, (read.agent, kinds[read.item]), 1)

    def harm(self) -> FloatArray:
        """(members,) share of what lay before each reader that breaks the rules; 0 where nothing did."""
        return np.asarray(self.shown[:, self.breaks].sum(axis=1) / np.maximum(self.places, 1), np.float64)

    def harm_read(self) -> FloatArray:
        """(members,) share of what each read that breaks the rules; 0 where it read nothing."""
        return np.asarray(self.read[:, self.breaks].sum(axis=1) / np.maximum(self.read.sum(axis=1), 1), np.float64)

    def channel(self, kinds: IntArray, disguised: BoolArray) -> dict[str, Any]:
        """What the moderator of the channel did, against what posts truly are; and of posts in disguise."""
        items = np.array(sorted(self.ruled), np.int64)
        action = np.array([self.ruled[item] for item in items.tolist()], np.int64)
        done = ~np.isin(action, [ACTIONS.index(name) for name in HARMLESS])
        truly = self.breaks[kinds[items]]
        hides = truly & disguised[items]
        rates = Rates(len(items), int(done.sum()), int((done & truly).sum()), int(truly.sum()))
        return rates.row() | {
            "abstained": int((action == 0).sum()),
            "disguised": int(hides.sum()),
            "passed": share_of(int((hides & ~done).sum()), int(hides.sum())),
        }

    def author(self, drafts: IntArray, warned: BoolArray) -> dict[str, Any]:
        """What was warned of, against what drafts truly were."""
        truly = self.breaks[drafts]
        return Rates(len(drafts), int(warned.sum()), int((warned & truly).sum()), int(truly.sum())).row()

    def reader(self, name: str, blocked: BoolArray, kinds: IntArray, verdicts: pd.DataFrame) -> dict[str, Any]:
        """What a policy hid, against the kinds that it blocks (``blocked``, by kind), of all posts."""
        mine = verdicts[(verdicts["by"] == f"reader: {name}") & (verdicts["action"] == "remove")]
        hidden = np.unique(mine["item"].to_numpy(np.int64))
        truly = blocked[kinds[1:]]
        hits = int(blocked[kinds[hidden]].sum())
        return Rates(len(truly), len(hidden), hits, int(truly.sum())).row()
