"""A creator without a language model: follows its own hits, or copies what goes round (SimuLine's code, step 1)."""

import numpy as np

from townsquare.protocols.actions import Actions
from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.observations import Observations
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams


class Creator:
    """Picks what to write about from everything in circulation, with weight exp(concentration * likes) for its own
    articles and 1 for everybody else's: with likes it exploits, without it imitates at random.

    Needs the traits ``concentration``, ``spread`` (of a new article round its model) and ``home`` (n, d), and the
    features ``likes`` (n, k) and ``content`` (m, d) of what is in circulation.
    """

    class Config(Settings):
        """No settings of its own: what differs between creators are their traits."""

    def __init__(self, config: Settings, streams: Streams) -> None:
        self.config, self.streams = config, streams

    async def decide(self, seen: Observations) -> Actions:
        """``seen.limit`` posts per creator; the first tick, when nothing goes round, round its own place."""
        n, m = len(seen), seen.limit
        home = seen.traits["home"]
        ordinals = np.arange(m)
        if len(seen.elsewhere):
            draws = self.streams.uniform("create", seen.tick, seen.seats[:, None], ordinals[None, :])
            picked = pick(draws, seen.items, seen.features["likes"], seen.traits["concentration"], seen.elsewhere)
            model = seen.features["content"][np.searchsorted(seen.elsewhere, picked)]
        else:
            picked = np.full((n, m), -1, np.int32)
            model = np.repeat(home[:, None, :], m, axis=1)
        width = home.shape[1]
        rows = seen.seats[:, None, None] * m + ordinals[None, :, None]
        noise = self.streams.normal("content", seen.tick, rows, np.arange(width)[None, None, :])
        vector = model + seen.traits["spread"][:, None, None] * noise
        return Actions.of("post", np.repeat(seen.agents, m), picked.ravel(), vector=vector.reshape(n * m, width))


def pick(
    draws: FloatArray, own: IntArray, likes: FloatArray, concentration: FloatArray, everything: IntArray
) -> IntArray:
    """(n, m) articles drawn with replacement from softmax(concentration * likes if own else 0) over ``everything``.

    ``own`` is (n, k), -1 as padding, each a member of the sorted ``everything``. With no likes at all the draw is
    uniform over everything. One draw splits into "own or others" and a place within, so nothing of size
    creators x articles is ever made.
    """
    held = own >= 0
    logits = np.where(held, concentration[:, None] * likes, -np.inf)
    peak = np.maximum(logits.max(axis=1, initial=0.0), 0.0)  # shift, so that exp cannot overflow
    weights = np.exp(logits - peak[:, None])
    one = np.exp(-peak)  # the weight of anybody else's article, after the shift
    others = len(everything) - held.sum(axis=1)
    edges = np.cumsum(weights, axis=1)
    mine = edges[:, -1] if own.shape[1] else np.zeros(len(own))
    point = draws * (mine + others * one)[:, None]
    from_own = point < mine[:, None]
    place = (edges[:, None, :] <= point[:, :, None]).sum(axis=2)
    chosen = np.take_along_axis(own, np.minimum(place, max(own.shape[1] - 1, 0)), axis=1) if own.shape[1] else -1
    with np.errstate(divide="ignore", invalid="ignore"):
        rank = np.floor((point - mine[:, None]) / one[:, None])
    rank = np.clip(np.nan_to_num(rank), 0, np.maximum(others - 1, 0)[:, None]).astype(np.int64)
    return np.where(from_own, chosen, everything[_skip(rank, own, everything)]).astype(np.int32)


def _skip(rank: IntArray, own: IntArray, everything: IntArray) -> IntArray:
    """Place in ``everything`` of the rank-th article that is not one's own."""
    places = np.where(own >= 0, np.searchsorted(everything, np.maximum(own, 0)), len(everything) + own.shape[1])
    places = np.sort(places, axis=1)
    for column in range(places.shape[1]):
        rank = rank + (rank >= places[:, column, None])
    return np.minimum(rank, len(everything) - 1)
