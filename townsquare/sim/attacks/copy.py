"""Copies of real profiles, with the target in them."""

from typing import ClassVar

import numpy as np

from townsquare.protocols import Campaign, FloatArray, IntArray, Interactions, Knowledge, Profiles
from townsquare.sim.attacks.average import Average
from townsquare.sim.attacks.classic import no_targets


class Copy(Average):
    """Fillers are ratings of one real user as they are, drawn uniformly from those it has given.

    Also known as the probe attack: what such an account is recommended tells what its neighbours are. The user is drawn
    anew for each profile, from the sampled ones that have ratings enough, as the templates of AUSH are (Lin et al.,
    CIKM 2020). Where nobody has, it is any of them, and what is missing is filled up as in the average attack. Where a
    user rated an item more than once, the last rating counts.
    """

    name: ClassVar[str] = "copy"

    async def craft(self, known: Knowledge, campaign: Campaign) -> Profiles:
        """See ``Classic.craft``; the sample is read once."""
        self._people = _people(known.sample, no_targets(known, campaign))
        return await super().craft(known, campaign)

    def fillers(
        self, known: Knowledge, room: IntArray, n: int, rng: np.random.Generator
    ) -> tuple[IntArray, FloatArray]:
        """``n`` ratings of one real user, and further ones if there are not as many."""
        rich = [person for person in self._people if len(person[0]) >= n] or self._people
        items, values = rich[rng.integers(len(rich))] if rich else (room[:0], np.zeros(0))
        rows = rng.permutation(len(items))[:n]
        more = rng.choice(np.setdiff1d(room, items), n - len(rows), replace=False)
        return np.concatenate([items[rows], more]), np.concatenate([values[rows], self.ratings(known, more, rng)])


def _people(sample: Interactions, room: IntArray) -> list[tuple[IntArray, FloatArray]]:
    """Items of ``room`` and their ratings, of each user that has rated any; each item once."""
    kept = sample.where(np.isin(sample.items, room))
    if not len(kept):
        return []
    key = kept.users.astype(np.int64) * kept.n_items + kept.items
    last = len(key) - 1 - np.unique(key[::-1], return_index=True)[1]
    cuts = np.flatnonzero(np.diff(kept.users[last])) + 1
    return list(zip(np.split(kept.items[last], cuts), np.split(kept.values[last], cuts), strict=True))
