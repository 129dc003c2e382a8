"""The life of one fake account: what it rates, in which order, and how."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from townsquare.agents.shills.acting import Account, Actor, Rated, Sketch, Written
from townsquare.agents.shills.memory import Memories, Memory
from townsquare.agents.shills.pages import Pages
from townsquare.protocols.attack import ROLE, Campaign
from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.streams import Streams

_POOL = 200
"""Items from which candidates of a kind are drawn, on top of as many as are rated."""
_BROAD = 0.1
"""How far from the nearest items candidates are drawn, as a difference of cosines."""
_QUOTED = 120
"""Letters of a review that are remembered."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What an account does, of all that it could."""

    profile: bool
    memory: bool
    woven: int
    candidates: tuple[int, int, int]
    """Near the profile, near the target, popular."""
    spread: float
    """Of ratings, in ratings."""


@dataclass(frozen=True, slots=True)
class Row:
    """One rating that is given."""

    profile: int
    item: int
    value: float
    role: int
    text: str


class FakeLife:
    """Lives once; all that is drawn here is drawn beforehand or by step, so that a step left out moves no other."""

    def __init__(
        self, account: Account, pages: Pages, actor: Actor, campaign: Campaign, rules: Rules, streams: Streams
    ) -> None:
        self.account, self.pages, self.actor, self.rules = account, pages, actor, rules
        self.campaign, self.streams = campaign, streams
        rng = streams.get("attack", "agent-shill", "life", account.number)
        self.n = campaign.fillers + len(campaign.targets)
        self._noise = rng.standard_normal(self.n)
        self._features = rng.random((self.n, max(1, len(pages.features(account.aim)))))
        places = middle(self.n, len(campaign.targets), rng)
        self._targets = dict(zip(places, rng.permutation(campaign.targets).tolist(), strict=True))
        self._memories = Memories()
        self._free = np.ones(pages.known.n_items, bool)
        self._free[campaign.targets] = False

    async def lived(self) -> list[Row]:
        """All its ratings, in the order in which they are given; none, if nobody could say who the account is."""
        sketch = await self.actor.sketch(self.account) if self.rules.profile else Sketch()
        if sketch is None:
            return []
        wants = np.asarray(self.pages.embedder.embed([" ".join(sketch.interests)]), np.float64)[0]
        suits = self.pages.near(wants)
        match = (rankdata(suits) - 0.5) / max(1, len(suits))
        pools = self._pools(suits)
        rows = []
        for step in range(self.n):
            rated = await self._rating(sketch, step, match, pools)
            written = None if rated is None else await self._written(sketch, rated)
            if rated is not None and written is not None:
                role = ROLE["target"] if step in self._targets else ROLE["filler"]
                rows.append(Row(self.account.number, rated.item, rated.value, role, written.text))
        return rows

    async def _rating(
        self, sketch: Sketch, step: int, match: FloatArray, pools: Sequence[tuple[IntArray, FloatArray]]
    ) -> Rated | None:
        scale = self.pages.scale
        if step in self._targets:
            return Rated(step, self._targets[step], self.campaign.target_rating(scale))
        items = self._candidates(step, pools)
        memories = self._memories.recall(_direction(self.pages.vectors[items]), step)
        place = await self.actor.choose(self.account, sketch, step, items, match[items], memories)
        if place is None:
            return None
        item = int(items[place])
        self._free[item] = False
        star = (scale.high - scale.low) / 4
        centre = self.pages.known.means[item] + (match[item] - 0.5) * star
        value = float(scale.nearest(np.array([centre + self.rules.spread * self._noise[step]]))[0])
        return Rated(step, item, value, self._woven(step))

    def _woven(self, step: int) -> tuple[str, ...]:
        words = self.pages.features(self.account.aim)
        order = np.argsort(self._features[step], kind="stable")[: self.rules.woven]
        return tuple(words[place] for place in order.tolist() if place < len(words))

    async def _written(self, sketch: Sketch, rated: Rated) -> Written | None:
        vector = self.pages.vectors[rated.item]
        written = await self.actor.write(self.account, sketch, rated, self._memories.recall(vector, rated.step))
        if written is not None and self.rules.memory:
            scale = self.pages.scale
            feeling = 2 * (rated.value - scale.low) / (scale.high - scale.low) - 1
            called = self.pages.title(rated.item) or " ".join(self.pages.features(rated.item)[:2])
            text = f"{called}: {rated.value:g} of {scale.high:g}. {written.text[:_QUOTED]}"
            self._memories.add(Memory(rated.step, text, vector, feeling, rated.item), written.felt)
        return written

    def _pools(self, suits: FloatArray) -> list[tuple[IntArray, FloatArray]]:
        """For each kind of candidate the items it may be, and the logarithm of each one's weight."""
        size = _POOL + self.n
        like = self.pages.near(self.pages.vectors[self.account.aim])
        number = np.log1p(self.pages.known.counts)
        rng = self.streams.get("attack", "agent-shill", "pools", self.account.number)
        found: list[tuple[IntArray, FloatArray]] = []
        for weight in (suits / _BROAD, like / _BROAD, number):
            order = np.lexsort((rng.random(len(weight)), -weight))[:size]
            found.append((order, np.asarray(weight, np.float64)[order]))
        return found

    def _candidates(self, step: int, pools: Sequence[tuple[IntArray, FloatArray]]) -> IntArray:
        """Up to ten different items that the account has not rated, and no targets; at least one."""
        rng = self.streams.get("attack", "agent-shill", "candidates", self.account.number, step)
        chosen: list[int] = []
        for (items, weight), count in zip(pools, self.rules.candidates, strict=True):
            luck = np.where(self._free[items], weight + rng.gumbel(size=len(items)), -np.inf)
            order = items[np.argsort(-np.round(luck, 6), kind="stable")]
            fresh = [item for item in order.tolist() if self._free[item] and item not in chosen]
            chosen += fresh[:count]
        return np.array(chosen)


def middle(n: int, t: int, rng: np.random.Generator) -> list[int]:
    """``t`` different places of 0 to n - 1 from the middle third, or from as much more about it as is needed."""
    low, high = n // 3, n - n // 3
    if high - low < t:
        low = (n - t) // 2
        high = low + t
    return sorted((low + rng.choice(high - low, t, replace=False)).tolist())


def _direction(vectors: FloatArray) -> FloatArray:
    """The mean of vectors, of length 1 or 0."""
    mean: FloatArray = vectors.mean(axis=0)
    length = float(np.linalg.norm(mean))
    return mean / length if length > 0 else mean
