"""The members of a moderated timeline as authors: what they are up to, and what moderation made of them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.columns import BoolArray, FloatArray, IntArray, steady
from townsquare.protocols.post_kinds import KIND, MILDER, WAY
from townsquare.protocols.streams import Streams
from townsquare.sim.scenarios.moderation import Adapting, Kinds

_COLUMNS: dict[str, type[np.generic]] = {
    "rate": np.float64,
    "mild": np.bool_,
    "disguise": np.int8,
    "suspended": np.int32,
    "limited": np.int32,
}
_ONE = np.zeros(1, np.int64)


class Authors:
    """Columns by member: ``rate``, how often it posts as a share of how often it did; ``mild``; ``disguise``, the
    number of the one it uses or -1; the ticks before which it is ``suspended``, and ``limited``.
    """

    def __init__(self, kinds: IntArray, streams: Streams) -> None:
        """``kinds``: (members,) what each is up to."""
        n = len(kinds)
        self.kinds, self.streams = kinds, streams
        self.columns: dict[str, NDArray[Any]] = {name: np.zeros(n, kind) for name, kind in _COLUMNS.items()}
        self.columns["rate"][:] = 1.0
        self.columns["disguise"][:] = -1

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.columns[name]

    def turn(self, tick: int, posts: float, of: Kinds, adapting: Adapting) -> IntArray:
        """Members who post now; those who once posted less find a bit of their way back."""
        rate = self.columns["rate"]
        self.columns["rate"] = np.where(rate < 1, steady(rate + adapting.recovers * (1 - rate)), rate)
        busy = np.where(self.kinds == KIND["spam"], of.busy, 1.0)
        people = np.arange(len(self.kinds))
        wants = self.streams.uniform("posts", tick, people, _ONE) < steady(posts * busy * self.columns["rate"])
        return np.flatnonzero(wants & (self.columns["suspended"] <= tick))

    def meant(self, tick: int, turn: IntArray, own: float) -> IntArray:
        """(n,) the kind of post that each of ``turn`` means to post now."""
        mine = self.streams.uniform("own kind", tick, turn, _ONE) < own
        kinds = np.where(mine, self.kinds[turn], KIND["benign"])
        return np.where(self.columns["mild"][turn], np.array(MILDER)[kinds], kinds)

    def react(self, authors: IntArray, keys: NDArray[np.uint64], guilty: BoolArray, of: Adapting) -> None:
        """What authors do about it that something was done about a post of theirs, a row per post.

        Where it broke the rules (``guilty``), one of: post less, turn milder, disguise, go on. Where it did not: post
        less, or go on.
        """
        draw = self.streams.uniform("react", 0, authors, keys)
        less = np.where(guilty, draw < of.less, draw < of.chill)
        mild = guilty & (draw >= of.less) & (draw < of.less + of.milder)
        hides = guilty & (draw >= of.less + of.milder) & (draw < of.less + of.milder + of.disguise)
        ways = np.select([less, mild, hides], [WAY["less"], WAY["milder"], WAY["disguise"]], WAY["on"])
        self.go_on(authors, ways, of)

    def go_on(self, authors: IntArray, ways: IntArray, of: Adapting) -> None:
        """From now on these authors do as they have made up their minds to: ``ways``, codes of ``WAYS``."""
        np.multiply.at(self.columns["rate"], authors[ways == WAY["less"]], of.falls)
        self.columns["rate"] = steady(self.columns["rate"])
        self.columns["mild"][authors[ways == WAY["milder"]]] = True
        hides = authors[ways == WAY["disguise"]]
        which = self.streams.uniform("which disguise", 0, hides, _ONE) * len(of.how)
        self.columns["disguise"][hides] = which.astype(np.int8)

    def sanction(self, name: str, authors: IntArray, until: int) -> None:
        """``suspended`` or ``limited`` before tick ``until``; a longer one that runs already stays."""
        np.maximum.at(self.columns[name], authors, until)

    def lift(self, authors: IntArray) -> None:
        """An appeal was granted: nothing holds these authors back any more, and they post as before."""
        for name in ("suspended", "limited"):
            self.columns[name][authors] = 0
        self.columns["rate"][authors] = 1.0

    def limited(self, tick: int, authors: IntArray) -> BoolArray:
        """Which of these accounts reach fewer at ``tick``; those who are no members never do."""
        member = (authors >= 0) & (authors < len(self.kinds))
        held: BoolArray = member & (self.columns["limited"][np.where(member, authors, 0)] > tick)
        return held

    def chance(self) -> FloatArray:
        """(members,) how often each posts, as a share of how often it did."""
        return np.asarray(self.columns["rate"], np.float64).copy()

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything, as arrays."""
        return {f"authors.{name}": column for name, column in self.columns.items()}

    def load(self, state: Mapping[str, NDArray[Any]]) -> None:
        """The inverse of ``state``."""
        self.columns = {name: state[f"authors.{name}"].astype(kind) for name, kind in _COLUMNS.items()}
