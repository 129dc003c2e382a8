"""What the accounts of a timeline see before they decide."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from townsquare.protocols.columns import BoolArray, FloatArray, IntArray
from townsquare.protocols.observations import Observations
from townsquare.sim.environments.timeline_cast import Cast
from townsquare.sim.environments.timeline_memory import TimelineMemory
from townsquare.sim.environments.timeline_posts import PROPOSITION, TimelinePosts
from townsquare.sim.scenarios.campaign import Campaign

FEWEST = 5
"""Members below which nothing is told of an audience, so that no sum is about one of them."""
_LATEST = 5
"""Messages of a thread that its temperature is the mean harm of."""
_QUOTED = 80
"""Characters of a post that an answer to it repeats."""


@dataclass(frozen=True, slots=True)
class TimelineSight:
    """The town as it stands at one moment; every method gives one cohort's view of it."""

    now: Campaign
    cast: Cast
    posts: TimelinePosts
    memory: TimelineMemory
    opinions: FloatArray

    def persuade(self, tick: int) -> Observations:
        """Task "persuade": a persuader's own posts that go round, how they did, and its goal.

        Where it is personalised the trait ``audience`` tells of the members that were shown a persuader's post in the
        ticks that go round: their mean opinion, the share of them that leans the other way, and how many they are; NaN
        where they are fewer than ``FEWEST``.
        """
        cast, of = self.cast, self.now.persuaders
        agents = np.array(cast.persuaders)
        n, goal = len(agents), float(of.side == "for")
        low = tick - self.now.timeline.window + 1
        own = self._own(self.posts.going_round(low, tick), cast.persuaders)
        stance = of.stance if goal else 1.0 - of.stance
        traits = {"goal": np.full(n, goal), "stance": np.full(n, stance), "home": np.tile([stance, np.nan], (n, 1))}
        if of.personalised:
            traits["audience"] = np.tile(self._audience(low, tick, goal), (n, 1))
        features = {
            name: np.where(own >= 0, self.posts.column(name, own), 0).astype(np.float64)
            for name in ("stance", "likes", "clicks", "shown")
        }
        return self._seen(tick, "persuaders", "persuade", agents, of.posts, own, traits, features)

    def post(self, tick: int, turn: IntArray) -> Observations:
        """Task "post": members who may post now, before an empty page."""
        opinion = self.opinions[turn]
        traits = {"opinion": opinion, "hostile": self.cast.hostile[turn].astype(np.float64), "home": _home(opinion)}
        return self._seen(tick, "members", "post", turn, 1, np.zeros((len(turn), 0), np.int32), traits, {})

    def offending(self, tick: int) -> IntArray:
        """Posts of the tick before that do harm and are still there."""
        items = self.posts.going_round(tick - 1, tick)
        return items[self.posts["harm"][items] >= self.now.timeline.harmful]

    def counter(self, tick: int, offending: IntArray) -> Observations:
        """Task "counter": all offending posts before every bot.

        Features: ``harm``, ``stance``; ``bot`` and ``counter``: written by a bot, is counterspeech; ``countered`` and
        ``answered``: answers below it by bots, and by members who object; ``since``: messages of its thread since a
        member's counterspeech, infinite where there was none; ``temperature``: mean harm of the latest messages of the
        thread; ``audience``: how often it was shown.
        """
        agents = np.array(self.cast.bots)
        since, temperature = self._threads(offending)
        columns = {
            "harm": self.posts["harm"][offending],
            "stance": self.posts["stance"][offending],
            "bot": (self.posts["author"][offending] >= self.cast.bots.start).astype(np.float64),
            "counter": self.posts["counter"][offending].astype(np.float64),
            "countered": self.posts["countered"][offending].astype(np.float64),
            "answered": self.posts["answered"][offending].astype(np.float64),
            "since": since,
            "temperature": temperature,
            "audience": self.posts["shown"][offending].astype(np.float64),
        }
        features = {name: np.tile(column, (len(agents), 1)) for name, column in columns.items()}
        traits = {"home": np.tile([0.5, np.nan], (len(agents), 1))}
        items = np.tile(offending, (len(agents), 1)).astype(np.int32)
        seen = self._seen(tick, "bots", "counter", agents, self.now.bots.replies, items, traits, features)
        return replace(seen, text=lambda item: self.posts.texts.get(item, ""))  # a bot answers words, not likes

    def browse(self, tick: int, items: IntArray, followed: BoolArray) -> Observations:
        """Task "browse": every member's timeline.

        Features: ``stance``, ``harm``, ``followed`` (by somebody the member follows), ``reply`` (it answers a post),
        ``likes`` so far, ``countered`` and ``answered`` (answers by bots, and by members who object), ``quality`` of a
        bot's answer (1 where there is none).
        """
        of, n = self.now.members, len(items)
        names = ("stance", "harm", "likes", "countered", "answered", "quality")
        features = {name: np.asarray(self.posts.column(name, items), np.float64) for name in names}
        features |= {
            "followed": followed.astype(np.float64),
            "reply": (self.posts.column("parent", items) >= 0).astype(np.float64),
        }
        settings = {
            "attention": of.attention,
            "fade": of.fade,
            "selective": of.selective,
            "liking": of.likes,
            "replying": of.replies,
            "harmful": self.now.timeline.harmful,
        }
        traits = {name: np.full(n, float(value)) for name, value in settings.items()} | {
            "opinion": self.opinions,
            "susceptibility": self.cast.susceptibility,
            "tolerance": self.cast.tolerance,
            "hostile": self.cast.hostile.astype(np.float64),
            "home": _home(self.opinions),
        }
        agents = np.array(self.cast.members)
        return self._seen(tick, "members", "browse", agents, max(1, items.shape[1]), items, traits, features)

    # ---- pieces ------------------------------------------------------------------------------------------------

    def _seen(
        self,
        tick: int,
        group: str,
        task: str,
        agents: IntArray,
        limit: int,
        items: IntArray,
        traits: Mapping[str, FloatArray],
        features: Mapping[str, FloatArray],
    ) -> Observations:
        return Observations(
            tick,
            group,
            task,
            agents,
            limit,
            items,
            traits,
            features,
            self.posts.column("key", items),
            elsewhere=np.array([PROPOSITION]),
            text=self.say() if task != "counter" else lambda item: self.posts.texts.get(item, ""),
            seats=self.cast.seats(agents),
        )

    def say(self, hidden: frozenset[int] = frozenset()) -> Callable[[int], str]:
        """What a post says to whoever sees it: author, what it answers, likes, and what bots say below it.

        What is ``hidden`` is neither quoted nor below anything.
        """
        posts, cast = self.posts, self.cast

        @cache
        def say(item: int) -> str:
            text = posts.texts.get(item, "")
            if item == PROPOSITION:
                return text
            parent = int(posts["parent"][item])
            quoted = "" if parent in hidden else f" ({posts.texts.get(parent, '')[:_QUOTED]})"
            answers = f", answering {cast.name(int(posts['author'][parent]))}{quoted}" if parent >= 0 else ""
            likes = int(posts["likes"][item])
            below = [
                f" | below it, {cast.name(int(posts['author'][one]))}: {posts.texts.get(one, '')}"
                for one in posts.children.get(item, ())
                if not posts["gone"][one] and one not in hidden
            ]
            return f"{cast.name(int(posts['author'][item]))}{answers}: {text} | {likes} likes{''.join(below)}"

        return say

    def _own(self, items: IntArray, accounts: range) -> IntArray:
        """(accounts, m) each account's posts among ``items``, oldest first, -1 padded."""
        author = self.posts["author"][items].astype(np.int64) - accounts.start
        mine = (author >= 0) & (author < len(accounts))
        author, items = author[mine], items[mine]
        order = np.argsort(author, kind="stable")
        counts = np.bincount(author, minlength=len(accounts))
        column = np.arange(len(items)) - np.repeat(np.cumsum(counts) - counts, counts)
        own = np.full((len(accounts), int(counts.max(initial=0))), -1, np.int32)
        own[author[order], column] = items[order]
        return own

    def _audience(self, low: int, tick: int, goal: float) -> list[float]:
        shown = self.memory.shown_between(low, tick, self.cast.n_members)
        author = self.posts.column("author", shown)
        ours = (shown >= 0) & (author >= self.cast.persuaders.start) & (author < self.cast.persuaders.stop)
        reached = self.opinions[ours.any(axis=1)]
        if len(reached) < FEWEST:
            return [np.nan, np.nan, np.nan]
        against = reached < 0.5 if goal else reached > 0.5
        return [round(float(reached.mean()), 5), round(float(against.mean()), 5), float(len(reached))]

    def _threads(self, items: IntArray) -> tuple[FloatArray, FloatArray]:
        """For each post, messages of its thread since a member's counterspeech, and the thread's temperature."""
        since, temperature = np.full(len(items), np.inf), np.zeros(len(items))
        roots, aside = self.posts["root"], self.posts["aside"]
        for row, root in enumerate(roots[items].tolist()):
            thread = root + np.flatnonzero(roots[root:] == root)
            thread = thread[~aside[thread]]
            spoken = np.flatnonzero(self.posts["counter"][thread])
            if len(spoken):
                since[row] = len(thread) - 1 - spoken[-1]
            temperature[row] = round(float(self.posts["harm"][thread[-_LATEST:]].mean()), 5)
        return since, temperature


def _home(opinion: FloatArray) -> FloatArray:
    """Stance and harm of a post whose mind says neither: the author's opinion, and what the words come to."""
    return np.stack([opinion, np.full(len(opinion), np.nan)], axis=1)
