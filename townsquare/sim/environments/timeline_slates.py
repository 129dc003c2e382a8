"""What each member of a timeline is shown: from accounts it follows, pushed to it, recommended, and at random."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from townsquare.protocols.columns import BoolArray, IntArray
from townsquare.protocols.events import REASON
from townsquare.protocols.recommender import Recommender, allowed_after, answerable, named, sealed
from townsquare.protocols.slates import top_k
from townsquare.protocols.streams import Streams
from townsquare.sim.environments.slate_policy import checked
from townsquare.sim.environments.slate_scores import SlateScores
from townsquare.sim.environments.timeline_posts import TimelinePosts

SOURCES = ("first audience", "followed", "match", "fill")
"""Where a post comes from, in the order in which ties of the mixing are broken."""


@dataclass(frozen=True, slots=True)
class Places:
    """How many places of a timeline there are, and how many are meant for posts that do not come from a recommender."""

    length: int
    followed: int
    first: int


class TimelineSlates:
    """Fills the timelines of one tick. Changes nothing but ``scores``, so blocks of members may be filled in threads.

    Followed posts are the newest of those not shown before, ties by draw; then the first audience gets the newest of
    what is pushed to it; the recommender fills the places that are left, and posts drawn at random those that it
    leaves. Sources are mixed in proportion, each in its own order, so that none has the best places to itself.
    Nobody is shown a post twice while it goes round, and nobody its own.
    """

    def __init__(
        self,
        streams: Streams,
        tick: int,
        posts: TimelinePosts,
        active: IntArray,
        places: Places,
        seen: IntArray,
        scores: SlateScores | None = None,
    ) -> None:
        """``active`` are the posts that go round, sorted; ``seen`` is (members, m) what each was shown, -1 padded;
        the recommender's scores are noted in ``scores``.
        """
        self.scores = scores or SlateScores(wanted=False)
        self.streams, self.tick, self.posts, self.active, self.places = streams, tick, posts, active, places
        self.before = np.hstack([seen, self._own(len(seen))])
        """(members, m) what must not be shown: what was, and the member's own posts."""

    def newest(self, sources: sp.csr_array, k: int, taken: IntArray) -> IntArray:
        """(members, k) the newest posts by the accounts that ``sources`` (members, accounts) marks, -1 padded.

        Without what was shown before, and without ``taken`` (members, j).
        """
        n, m = sources.shape[0], len(self.active)
        chosen = np.full((n, k), -1, np.int32)
        if not k or not m or not sources.nnz:
            return chosen
        author = self.posts["author"][self.active]
        by = sp.csr_array((np.ones(m, np.float32), (author, np.arange(m))), shape=(sources.shape[1], m))
        pairs = (sources @ by).tocoo()
        row, item = pairs.row.astype(np.int64), self.active[pairs.col].astype(np.int64)
        span = len(self.posts)
        gone = np.hstack([self.before, taken]).astype(np.int64)
        held = gone >= 0
        kept = ~np.isin(row * span + item, (np.arange(n)[:, None] * span + gone)[held])
        row, item = row[kept], item[kept]
        luck = self.streams.uniform("newest", self.tick, row, self.posts["key"][item])
        order = np.lexsort((luck, -self.posts["born"][item].astype(np.int64), row))
        row, item = row[order], item[order]
        starts = np.searchsorted(row, np.arange(n))
        place = np.arange(len(row)) - starts[row]
        few = place < k
        chosen[row[few], place[few]] = item[few]
        return chosen

    def fill(
        self, agents: IntArray, followed: IntArray, pushed: IntArray, recommender: Recommender
    ) -> tuple[IntArray, IntArray]:
        """(agents, length) posts with -1 in empty places at the end, and where each came from (``REASONS``)."""
        taken = np.hstack([self.before[agents], followed, pushed])
        room = self.places.length - (followed >= 0).sum(axis=1) - (pushed >= 0).sum(axis=1)
        match = self._match(agents, taken, recommender)
        match[np.cumsum(match >= 0, axis=1) > room[:, None]] = -1
        extra = self._random(agents, np.hstack([taken, match]), room - (match >= 0).sum(axis=1))
        return _mixed((pushed, followed, match, extra), self.places.length)

    def _match(self, agents: IntArray, taken: IntArray, recommender: Recommender) -> IntArray:
        k, active = self.places.length, self.active
        if not len(active):
            return np.full((len(agents), k), -1, np.int32)
        with answerable("recommender", recommender, "recommend", self.tick):
            slates = recommender.recommend(
                sealed(agents), k, tick=self.tick, candidates=sealed(active), exclude=sealed(taken)
            )
        items = checked(slates, named("recommender", recommender), len(agents), k, active, taken).copy()
        self.scores.note(agents, slates, named("recommender", recommender))
        return items

    def _random(self, agents: IntArray, taken: IntArray, wanted: IntArray) -> IntArray:
        """(agents, length) at most ``wanted`` posts each, drawn without replacement."""
        k, items = self.places.length, self.active
        found = np.full((len(agents), k), -1, np.int32)
        short = np.flatnonzero(wanted > 0)
        if len(short) and len(items):
            luck = self.streams.uniform("fill", self.tick, agents[short, None], self.posts["key"][items])
            drawn = top_k(luck, items, k, allowed_after(taken[short], items)).items
            drawn[np.arange(k) >= wanted[short, None]] = -1
            found[short] = drawn
        return found

    def _own(self, n: int) -> IntArray:
        """(n, m) each member's own posts that go round, -1 padded."""
        author = self.posts["author"][self.active].astype(np.int64)
        mine = author < n
        author, items = author[mine], self.active[mine]
        order = np.argsort(author, kind="stable")
        counts = np.bincount(author, minlength=n)
        column = np.arange(len(items)) - np.repeat(np.cumsum(counts) - counts, counts)
        own = np.full((n, int(counts.max(initial=0))), -1, np.int32)
        own[author[order], column] = items[order]
        return own


def _mixed(parts: tuple[IntArray, ...], length: int) -> tuple[IntArray, IntArray]:
    """Several lists per row as one, each spread evenly over it in its own order; empty places last."""
    places = []
    for part in parts:
        there: BoolArray = part >= 0
        nth = np.cumsum(there, axis=1) - 0.5
        places.append(np.where(there, nth / np.maximum(there.sum(axis=1, keepdims=True), 1), np.inf))
    items = np.hstack(parts)
    sources = np.repeat(np.array([REASON[name] for name in SOURCES], np.int8), [part.shape[1] for part in parts])
    order = np.argsort(np.hstack(places), axis=1, kind="stable")[:, :length]
    items = np.take_along_axis(items, order, axis=1).astype(np.int32)
    return items, np.where(items >= 0, sources[order], 0).astype(np.int8)
