"""Who gets which list: match, cold start, hot and promoted places by quota, never the same article twice.

Order of filling (SimuLine's code, step 5): hot, match, cold start, promoted. Places that a source cannot fill are
filled at random from what the reader has not seen; when everything has been seen, from what is in circulation.
"""

from dataclasses import dataclass

import numpy as np

from townsquare.protocols.columns import NOBODY, BoolArray, FloatArray, IntArray
from townsquare.protocols.errors import ContractError
from townsquare.protocols.events import REASON
from townsquare.protocols.recommender import Recommender, allowed_after, answerable, named, sealed
from townsquare.protocols.slates import Slates, top_k
from townsquare.protocols.streams import Streams
from townsquare.sim.environments.articles import Articles
from townsquare.sim.environments.slate_scores import SlateScores


@dataclass(frozen=True, slots=True)
class Supply:
    """What the lists of one tick are made from."""

    tick: int
    active: IntArray
    """Articles of earlier ticks in circulation."""
    new: IntArray
    """Articles of this tick."""
    authors: IntArray
    """(len(new),) who wrote them, as a column of ``affinity``."""
    popular: IntArray
    """``active`` by likes, most first, ties to the smaller id."""
    promoted: FloatArray
    """(len(active),) weight of each active article in the promoted places; 0 is not promoted."""


class SlatePolicy:
    """Fills the lists of a block of readers. Changes nothing but ``scores``, so blocks may run in threads."""

    def __init__(
        self,
        streams: Streams,
        articles: Articles,
        supply: Supply,
        places: dict[str, int],
        affinity: IntArray | None,
        scores: SlateScores | None = None,
    ) -> None:
        self.streams, self.articles, self.supply, self.places = streams, articles, supply, places
        self.affinity = affinity
        """(readers, authors) past likes or clicks, which draw new articles to readers; None for a random draw."""
        self.length = sum(places.values())
        self.scores = scores or SlateScores(wanted=False)
        """Where the recommender's scores are noted."""

    def fill(
        self, agents: IntArray, seen: IntArray, recommender: Recommender, barred: IntArray | None = None
    ) -> tuple[IntArray, IntArray]:
        """(agents, length) item ids with -1 in empty places at the end, and where each came from (``REASONS``).

        ``seen`` is (agents, m): what each reader was shown before, -1 as padding; ``barred`` in the same form what it
        is not to be shown at all, whatever is left.
        """
        supply = self.supply
        barred = seen[:, :0] if barred is None else barred
        allowed = allowed_after(barred, supply.new) if barred.shape[1] else None
        if not len(supply.active):
            first = self._draw("first", agents, supply.new, self.length, allowed)
            return first, np.where(first >= 0, REASON["first"], 0).astype(np.int8)
        seen = np.hstack([seen, barred])
        hot = self._hot(agents, seen)
        taken = np.hstack([seen, hot])
        match = self._match(agents, taken, recommender)
        taken = np.hstack([taken, match])
        cold = self._cold(agents, allowed)
        promoted = self._promoted(agents, taken)
        items = np.hstack([hot, match, cold, promoted])
        sources = np.repeat(
            np.array([REASON[name] for name in ("hot", "match", "cold_start", "promoted")], np.int8),
            [hot.shape[1], match.shape[1], cold.shape[1], promoted.shape[1]],
        )
        return self._refill(agents, items, np.tile(sources, (len(agents), 1)), (seen, barred))

    def _hot(self, agents: IntArray, seen: IntArray) -> IntArray:
        k = self.places["hot"]
        if not k:
            return np.zeros((len(agents), 0), np.int32)
        # whoever has seen m articles finds k unseen ones among the m + k most liked
        reach = np.sort(self.supply.popular[: k + seen.shape[1]])
        likes = self.articles["likes"][reach].astype(np.float32)
        scores = np.broadcast_to(likes, (len(agents), len(reach)))
        return top_k(scores, reach, k, allowed_after(seen, reach)).items

    def _match(self, agents: IntArray, taken: IntArray, recommender: Recommender) -> IntArray:
        k, tick, candidates = self.places["match"], self.supply.tick, self.supply.active
        with answerable("recommender", recommender, "recommend", tick):
            slates = recommender.recommend(
                sealed(agents), k, tick=tick, candidates=sealed(candidates), exclude=sealed(taken)
            )
        items = checked(slates, named("recommender", recommender), len(agents), k, candidates, taken)
        self.scores.note(agents, slates, named("recommender", recommender))
        return items

    def _cold(self, agents: IntArray, allowed: BoolArray | None) -> IntArray:
        k, new = self.places["cold_start"], self.supply.new
        if not k or self.affinity is None:
            return self._draw("cold start", agents, new, k, allowed)
        # multinomial over past likes (or clicks) with the author, without replacement
        weight = np.log(self.affinity[np.ix_(agents, self.supply.authors)] + 1e-8)
        return self._draw("cold start", agents, new, k, allowed, weight)

    def _promoted(self, agents: IntArray, taken: IntArray) -> IntArray:
        k = self.places["promoted"]
        some = self.supply.promoted > 0
        items = self.supply.active[some]
        weight = np.log(self.supply.promoted[some])
        return self._draw("promoted", agents, items, k, allowed_after(taken, items), weight)

    def _draw(
        self,
        name: str,
        agents: IntArray,
        items: IntArray,
        k: int,
        allowed: BoolArray | None,
        log_weight: FloatArray | None = None,
    ) -> IntArray:
        """(agents, k) without replacement in proportion to exp(log_weight), uniform without one; -1 where short."""
        if not k or not len(items):
            return np.full((len(agents), k), -1, np.int32)
        keys = self.articles["key"][items]
        draws = self.streams.uniform(name, self.supply.tick, agents[:, None], keys[None, :])
        scores = draws if log_weight is None else log_weight - np.log(-np.log(draws))
        return top_k(scores, items, k, allowed).items

    def _refill(
        self, agents: IntArray, items: IntArray, sources: IntArray, avoided: tuple[IntArray, ...]
    ) -> tuple[IntArray, IntArray]:
        """Empty places filled at random with what each of ``avoided`` leaves: what was not seen, then anything."""
        sources = np.where(items >= 0, sources, REASON["fill"]).astype(np.int8)
        for before in avoided:
            short = np.flatnonzero((items < 0).any(axis=1))
            if not len(short):
                break
            rows = items[short]
            allowed = allowed_after(np.hstack([before[short], rows]), self.supply.active)
            most = int((rows < 0).sum(axis=1).max())
            extra = self._draw("fill", agents[short], self.supply.active, most, allowed)
            hole, place = np.nonzero(rows < 0)
            nth = np.concatenate([np.arange(n) for n in np.bincount(hole, minlength=len(short))])
            rows[hole, place] = extra[hole, nth]
            items[short] = rows
        order = np.argsort(items < 0, axis=1, kind="stable")  # empty places go last
        items, sources = np.take_along_axis(items, order, axis=1), np.take_along_axis(sources, order, axis=1)
        return items, np.where(items >= 0, sources, 0).astype(np.int8)


def checked(slates: Slates, who: str, n_agents: int, k: int, candidates: IntArray, exclude: IntArray) -> IntArray:
    """The items of slates that keep the recommender's contract; ContractError says which promise was broken."""
    if not isinstance(slates, Slates):
        raise ContractError(f"{who} gave {type(slates).__name__}, not Slates.")
    items = np.asarray(slates.items)
    if items.shape != (n_agents, k):
        raise ContractError(f"{who} gave slates of shape {items.shape}, not {(n_agents, k)}.")
    if items.size and items.dtype.kind not in "iu":
        raise ContractError(f"{who} gave ids of type {items.dtype}, not integers.")
    if (items < NOBODY).any():
        raise ContractError(f"{who} gave the id {items.min()}; an empty place is {NOBODY}.")
    row, place = np.nonzero(items >= 0)
    chosen = items[row, place].astype(np.int64)
    if not np.isin(chosen, candidates).all():
        raise ContractError(f"{who} chose items that are not among the candidates.")
    span = int(candidates[-1]) + 1 if len(candidates) else 1
    keys = row * span + chosen
    if len(np.unique(keys)) != len(keys):
        raise ContractError(f"{who} gave one agent the same item twice.")
    known = (exclude >= 0) & (exclude < span)
    if np.isin(keys, (np.arange(n_agents)[:, None] * span + exclude)[known]).any():
        raise ContractError(f"{who} chose items that it was told to exclude.")
    return items.astype(np.int32)
