"""No preference at all: the yardstick."""

import numpy as np

from townsquare.protocols import BoolArray, Catalogue, Events, IntArray, Interactions, Settings, Slates, Streams, top_k
from townsquare.protocols.recommender import allowed_after


class Random:
    """Draw candidates uniformly, anew for every agent and tick: the control.

    What an agent gets depends on the seed, its id, the tick, the candidates and what it has excluded, and on nobody
    else. All scores are 0: nothing is preferred. Everybody is served.
    """

    class Config(Settings):
        """No settings of its own."""

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config, self.streams = config, streams

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> None:
        """Nothing to learn."""

    def update(self, events: Events) -> None:
        """Nothing to learn."""

    def recommend(
        self, agents: IntArray, k: int, *, tick: int, candidates: IntArray, exclude: IntArray | None = None
    ) -> Slates:
        """``k`` candidates each, or all that are left when fewer are."""
        if exclude is None:
            exclude = np.full((len(agents), 0), -1)
        items = np.full((len(agents), k), -1, np.int32)
        if len(candidates) <= 4 * k or not k:
            items[:] = self._shuffled(agents, k, tick, candidates, exclude)
        else:
            # throwing repeats away is cheap while candidates are many; whoever has excluded so much that the draws
            # run out is shuffled instead, and that depends on the agent alone, never on whom it is asked with
            short = np.arange(len(agents))
            for n_draws in (k + k // 8 + 8, 4 * k + 32):
                items[short], done = self._drawn(agents[short], k, n_draws, tick, candidates, exclude[short])
                short = short[~done]
            items[short] = self._shuffled(agents[short], k, tick, candidates, exclude[short])
        return Slates(items, np.where(items >= 0, 0.0, -np.inf).astype(np.float32))

    def _drawn(
        self, agents: IntArray, k: int, n_draws: int, tick: int, candidates: IntArray, exclude: IntArray
    ) -> tuple[IntArray, BoolArray]:
        """The first ``k`` of ``n_draws`` draws with replacement that are new and not excluded, and who got all k."""
        numbers = np.arange(n_draws)
        uniform = self.streams.uniform("recommender random draw", tick, agents[:, None], numbers)
        drawn = candidates[(uniform * len(candidates)).astype(np.int64)].astype(np.int64)
        # one sort per row brings equal ids together, excluded ones first and then in the order drawn; an id counts
        # where the id before it is another
        base = n_draws + 1
        keys = np.concatenate([exclude.astype(np.int64) * base, drawn * base + 1 + numbers], axis=1)
        keys.sort(axis=1)
        ids = keys // base
        fresh = np.ones(keys.shape, bool)
        fresh[:, 1:] = ids[:, 1:] != ids[:, :-1]
        place = keys - ids * base - 1
        row, column = np.nonzero(fresh & (place >= 0))
        good = np.zeros(drawn.shape, bool)
        good[row, place[row, column]] = True
        nth = np.cumsum(good, axis=1) - 1
        chosen = np.full((len(agents), k), -1, np.int32)
        row, column = np.nonzero(good & (nth < k))
        chosen[row, nth[row, column]] = drawn[row, column]
        done: BoolArray = good.sum(axis=1) >= k
        return chosen, done

    def _shuffled(self, agents: IntArray, k: int, tick: int, candidates: IntArray, exclude: IntArray) -> IntArray:
        """The ``k`` allowed candidates with the largest uniform number, one number per agent and candidate."""
        chosen = np.full((len(agents), k), -1, np.int32)
        step = max(1, 4_000_000 // max(1, len(candidates)))
        for start in range(0, len(agents), step):
            part = slice(start, start + step)
            uniform = self.streams.uniform("recommender random order", tick, agents[part, None], candidates)
            chosen[part] = top_k(uniform, candidates, k, allowed_after(exclude[part], candidates)).items
        return chosen
