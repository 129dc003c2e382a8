"""What the classic attacks share: a profile is targets, selected items and fillers."""

from typing import ClassVar, Literal

import numpy as np

from townsquare.protocols import Campaign, FloatArray, InputError, IntArray, Knowledge, Profiles, Settings, Streams
from townsquare.protocols.attack import ROLE, Level


class Classic:
    """An attack by the book (Burke, O'Mahony and Hurley, 2015): say what is selected, what fills, and the ratings.

    A profile is its targets, its selected items and ``campaign.fillers`` fillers, no item twice, in an order drawn for
    each. Fillers are drawn uniformly and anew for each profile, never from targets or selected items (the convention of
    the code of Leg-UP). Targets get the best rating in a push and the worst in a nuke. Profile j is the same whatever
    the number of profiles, so that a larger campaign goes on from a smaller one.
    """

    class Config(Settings):
        """No settings."""

    name: ClassVar[str]
    """What it is registered as; messages and random draws go by it."""
    level: ClassVar[Level] = "black"
    intents: ClassVar[tuple[Literal["push", "nuke"], ...]] = ("push", "nuke")
    """What it can be used for."""

    def __init__(self, config: Settings, streams: Streams) -> None:
        self.config, self.streams = config, streams

    def selected(self, known: Knowledge, campaign: Campaign) -> tuple[IntArray, FloatArray]:
        """(s,) items that every profile rates besides the targets, none of them a target, and their ratings."""
        return np.zeros(0, np.int64), np.zeros(0)

    def room(self, known: Knowledge, others: IntArray, n: int) -> IntArray:
        """Those of ``others``, (m,) items that are neither targets nor selected, that ``n`` fillers come from; all."""
        return others

    def ratings(self, known: Knowledge, items: IntArray, rng: np.random.Generator) -> FloatArray:
        """(n,) what the fillers ``items`` are rated, on the scale."""
        raise NotImplementedError

    def fillers(
        self, known: Knowledge, room: IntArray, n: int, rng: np.random.Generator
    ) -> tuple[IntArray, FloatArray]:
        """``n`` items of ``room`` for one profile, and their ratings."""
        items = rng.choice(room, n, replace=False)
        return items, self.ratings(known, items, rng)

    async def craft(self, known: Knowledge, campaign: Campaign) -> Profiles:
        """The profiles; InputError for an intent that it is not meant for, and for more fillers than there is room."""
        if campaign.intent not in self.intents:
            able = ("popular", *BOTH) if campaign.intent == "push" else ("love-hate", "reverse-bandwagon", *BOTH)
            raise InputError(
                f"attack {self.name!r} can only {self.intents[0]} a target; to {campaign.intent} one, use one of "
                f"{', '.join(able)}."
            )
        if not campaign.profiles:
            return Profiles.none()
        targets, n = campaign.targets, campaign.fillers
        selected, praise = self.selected(known, campaign)
        others = np.setdiff1d(np.arange(known.n_items), np.concatenate([targets, selected]))
        room = self.room(known, others, n)
        if n > len(room):
            raise InputError(
                f"attack {self.name!r}: {n} fillers are more than the {len(room)} items that it may take for fillers."
            )
        rating = np.full(len(targets), campaign.target_rating(known.scale))
        roles = np.repeat([ROLE["target"], ROLE["selected"], ROLE["filler"]], [len(targets), len(selected), n])
        rows = []
        for profile in range(campaign.profiles):
            rng = self.streams.get("attack", self.name, profile, *targets.tolist())
            items, values = self.fillers(known, room, n, rng)
            order = rng.permutation(len(roles))
            whole = np.concatenate([targets, selected, items]), np.concatenate([rating, praise, values]), roles
            rows.append([column[order] for column in whole])
        together = [np.concatenate(column) for column in zip(*rows, strict=True)]
        numbers = np.repeat(np.arange(campaign.profiles), len(roles))
        return Profiles(numbers, together[0], together[1], together[2].astype(np.int8))


BOTH = ("random", "average", "bandwagon", "segment", "copy", "aop")
"""Classic attacks that can push and nuke."""


def most_rated(known: Knowledge, items: IntArray) -> IntArray:
    """``items`` (sorted) from the most rated to the least; ties go to the smaller number."""
    return items[np.argsort(-known.counts[items], kind="stable")]


def no_targets(known: Knowledge, campaign: Campaign) -> IntArray:
    """All items that are no target, sorted."""
    return np.setdiff1d(np.arange(known.n_items), campaign.targets)


def drawn(known: Knowledge, mean: FloatArray, spread: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Ratings from normal distributions, one for each of (n,) means and spreads: rounded to a step, and clipped."""
    return known.scale.nearest(rng.normal(mean, spread))
