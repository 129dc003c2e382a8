"""Who had what before, what came last, and what the items are: the data of a leave-one-out test."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from townsquare.agents.choosers.lessons import Goods
from townsquare.protocols import FloatArray, IntArray, Interactions


@dataclass(frozen=True)
class Lists:
    """One row per user: everything before the last interaction, and the last one.

    Of a user's interactions the last is the target, the one before it is left for validation (known to rankers,
    learned from by nobody), the first is what a history starts with; those between are lessons.
    """

    name: str
    user_ids: tuple[str, ...]
    item_ids: tuple[str, ...]
    goods: Goods
    history: tuple[IntArray, ...]
    """Per user the items before the target, oldest first."""
    times: tuple[FloatArray, ...] | None
    """Per user when each item of ``history`` was taken; None where the data have no times."""
    targets: IntArray
    """(users,) what came last."""
    negatives: tuple[IntArray, ...]
    """Per user the items of the candidate list that the data bring; empty where they bring none."""

    def __len__(self) -> int:
        return len(self.user_ids)

    @cached_property
    def domain_numbers(self) -> IntArray:
        """(items,) numbers of the items' domains, in alphabetical order."""
        return np.unique(np.array(self.goods.domains), return_inverse=True)[1]

    @cached_property
    def domains(self) -> tuple[tuple[str, ...], ...]:
        """Per user the domains of all their items, the target's among them, in alphabetical order."""
        names = np.array(self.goods.domains)
        return tuple(
            tuple(sorted({str(names[item]) for item in (*had.tolist(), int(target))}))
            for had, target in zip(self.history, self.targets, strict=True)
        )

    def only(self, users: IntArray) -> "Lists":
        """The same with only some of its users (by number, ascending), and the items that occur among them."""
        rows = users.tolist()
        some = replace(
            self,
            user_ids=tuple(self.user_ids[u] for u in rows),
            history=tuple(self.history[u] for u in rows),
            times=None if self.times is None else tuple(self.times[u] for u in rows),
            targets=self.targets[users],
            negatives=tuple(self.negatives[u] for u in rows) if self.negatives else (),
        )
        return some.trimmed()

    def trimmed(self) -> "Lists":
        """The same with only those items that occur anywhere in it, in their order."""
        used = np.unique(np.concatenate([*self.history, self.targets, *self.negatives]))

        def kept(texts: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(texts[item] for item in used)

        return replace(
            self,
            item_ids=kept(self.item_ids),
            goods=Goods(kept(self.goods.titles), kept(self.goods.categories), kept(self.goods.domains)),
            history=tuple(np.searchsorted(used, had) for had in self.history),
            targets=np.searchsorted(used, self.targets),
            negatives=tuple(np.searchsorted(used, row) for row in self.negatives),
        )

    def interactions(self) -> Interactions:
        """All histories, targets left out; the tick of an interaction is its place in its history."""
        users = np.repeat(np.arange(len(self)), [len(had) for had in self.history])
        items = np.concatenate(self.history)
        ticks = np.concatenate([np.arange(len(had)) for had in self.history])
        order = np.argsort(ticks, kind="stable")
        return Interactions(
            users[order], items[order], np.ones(len(users)), ticks[order].astype(np.int32), len(self), len(self.goods)
        )

    def taught(self) -> list[tuple[int, int, float]]:
        """(user, item, time) of every interaction that is learned from, user by user, each oldest first.

        Without times an interaction's place in its history stands for its time, so that by time users take turns.
        """
        found = []
        for user, had in enumerate(self.history):
            times: Sequence[float] = range(len(had)) if self.times is None else self.times[user].tolist()
            found += [(user, int(had[i]), float(times[i])) for i in range(1, len(had) - 1)]
        return found
