"""The news town: readers with a feed, creators, and the articles between them (SimuLine, arXiv 2305.14103).

Mechanics follow the published code; its known defects (article 0 can never be liked, exposure arithmetic that flips
signs, the empty interruption hook, a division by zero in promotion) are not copied. How readers are placed at the
start is our reconstruction, because the click file is not public.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.actions import Actions
from townsquare.protocols.catalogue import Catalogue
from townsquare.protocols.columns import FloatArray, IntArray, steady
from townsquare.protocols.events import Events
from townsquare.protocols.interactions import Interactions
from townsquare.protocols.observations import Observations
from townsquare.protocols.recommender import Recommender
from townsquare.protocols.slates import Slates
from townsquare.protocols.streams import Streams
from townsquare.protocols.texts import printable
from townsquare.protocols.workers import Workers
from townsquare.sim.environments import feed_judge
from townsquare.sim.environments.article_text import article_text
from townsquare.sim.environments.articles import Articles
from townsquare.sim.environments.barred import Barred
from townsquare.sim.environments.feed_memory import FeedMemory
from townsquare.sim.environments.feed_rules import cosine, drift, nearest, quality
from townsquare.sim.environments.newsroom import breaking, promoted_weights
from townsquare.sim.environments.slate_policy import SlatePolicy, Supply
from townsquare.sim.environments.slate_scores import SlateScores
from townsquare.sim.measures.view import TickView
from townsquare.sim.scenarios.news import News

Traits = Mapping[str, FloatArray]


@dataclass(frozen=True, slots=True)
class Cast:
    """Who lives in the town at the start."""

    readers: Traits
    """position (n, d), concentration, threshold, quality_weight (n,)."""
    creators: Traits
    """position (c, d), concentration (c,)."""
    creator_categories: IntArray
    """(c,) what each creator writes about at first."""
    topics: FloatArray
    """(categories, d) centre of each category's real articles."""
    category_names: tuple[str, ...] = ()


class Feed:
    """Creators publish, a feed is mixed for every reader, and readers click, like and drift.

    Readers have the ids from 0, the panel last; creators those from n_readers, the writers last. Articles are numbered
    as they appear.
    """

    def __init__(self, scenario: News, streams: Streams, cast: Cast, workers: Workers) -> None:
        self.scenario, self.streams, self.cast, self.workers = scenario, streams, cast, workers
        self.now = scenario
        self.readers: FloatArray = np.array(cast.readers["position"], np.float64)
        self.creators: FloatArray = np.array(cast.creators["position"], np.float64)
        self.n_readers, self.n_creators = len(self.readers), len(self.creators)
        crowd, press = scenario.users.count, scenario.creators.count
        self.reading = {"users": slice(0, crowd), "panel": slice(crowd, self.n_readers)}
        self.writing = {"creators": slice(0, press), "writers": slice(press, self.n_creators)}
        keep = scenario.window + scenario.retrain - 1
        self.articles = Articles(self.readers.shape[1], keep)
        self.memory = FeedMemory(self.n_readers, self.n_creators, keep)
        self.trained: tuple[NDArray[np.bool_], int] = (np.zeros(self.n_readers, bool), 0)
        self.view: TickView | None = None
        self._sources: IntArray = np.zeros((0, 0), np.int8)
        self._scores = SlateScores(wanted=False)
        self._features: dict[str, FloatArray] = {}
        self._slates: IntArray = np.zeros((0, 0), np.int32)
        self._reading = False
        """Whether the next actions are those of readers; what an action is about does not decide who was asked."""

    def members(self, group: str) -> range:
        """The ids of a group's agents."""
        if group in self.reading:
            return range(self.reading[group].start, self.reading[group].stop)
        rows = self.writing[group]
        return range(rows.start + self.n_readers, rows.stop + self.n_readers)

    def seat(self, author: int) -> int:
        """What the random draws about an author hang on."""
        # the panel stands before the creators, and must not move their draws
        return author - (self.n_readers - self.scenario.users.count)

    # ---- supply ------------------------------------------------------------------------------------------------

    def supply(self, tick: int) -> Sequence[Observations]:
        """What creators see: their own articles in circulation with their likes, and everything else that is."""
        self.now, self._reading = self.scenario.at(tick), False
        active = self._active(tick)
        own, likes = self._own_articles(active)
        traits = {
            "home": self.creators,
            "concentration": self.cast.creators["concentration"],
            "spread": self.cast.creators["concentration"] * self.now.creators.step,
        }
        features = {"content": self.articles.content(active).astype(np.float64)}
        limits = {"creators": self.now.creators.articles, "writers": self.now.writers.articles}
        return [
            Observations(
                tick,
                group,
                "create",
                np.array(self.members(group)),
                limits[group],
                own[rows],
                {name: trait[rows] for name, trait in traits.items()},
                features | {"likes": likes[rows]},
                elsewhere=active,
                text=self._say(tick),
                seats=np.array([self.seat(author) for author in self.members(group)]),
                about_elsewhere=("content",),
            )
            for group, rows in self.writing.items()
            if rows.start < rows.stop
        ]

    def _say(self, tick: int) -> Callable[[int], str]:
        """What an article says, as far as the town has words for it."""
        articles, names, writers = self.articles, self.cast.category_names, self.members("writers")

        def name_of(author: int) -> str:
            writes = author in writers
            return f"writer-{author - writers.start}" if writes else f"creator-{author - self.n_readers}"

        @cache
        def say(item: int) -> str:
            return article_text(item, tick, articles, names, name_of)

        return say

    def _active(self, tick: int) -> IntArray:
        """Articles of the ``window`` ticks before ``tick``."""
        starts = self.articles.starts
        if not tick:
            return np.zeros(0, np.int64)
        end = starts[tick] if tick < len(starts) else len(self.articles)
        return np.arange(starts[max(0, tick - self.scenario.window)], end)

    def _showable(self, tick: int) -> IntArray:
        """Those of them that may be put before readers."""
        return self._active(tick)

    def _own_articles(self, active: IntArray) -> tuple[IntArray, FloatArray]:
        """(creators, k) each creator's articles in circulation, -1 padded, and the likes on them."""
        author = self.articles["author"][active].astype(np.int64) - self.n_readers
        order = np.argsort(author, kind="stable")
        counts = np.bincount(author, minlength=self.n_creators)
        column = np.arange(len(active)) - np.repeat(np.cumsum(counts) - counts, counts)
        own = np.full((self.n_creators, int(counts.max(initial=0))), -1, np.int64)
        own[author[order], column] = active[order]
        likes = np.where(own >= 0, self.articles["likes"][np.maximum(own, 0)] if len(active) else 0, 0)
        return own, likes.astype(np.float64)

    # ---- learn, match, observe ---------------------------------------------------------------------------------

    def history(self, tick: int) -> tuple[Interactions, Catalogue]:
        """The likes of the last ``window`` ticks on articles in circulation."""
        active = self._active(tick)
        users, items, ticks = self.memory.likes_between(tick - self.scenario.window, tick)
        fresh = items >= (active[0] if len(active) else 0)
        # a resumed run asks again for an earlier tick, and must learn what was known then
        end = self.articles.end(tick)
        likes = Interactions(
            users[fresh], items[fresh], np.ones(int(fresh.sum()), np.float32), ticks[fresh], self.n_readers, end
        )
        trained = np.zeros(self.n_readers, bool)
        trained[likes.users] = True
        self.trained = trained, len(np.unique(likes.items))
        return likes, self.articles.catalogue(int(active[0]) if len(active) else 0, end)

    def match(self, tick: int, recommender: Recommender) -> Slates:
        """Everybody's list, in blocks of readers."""
        active, now = self._showable(tick), self.now.slate
        likes = self.articles["likes"][active].astype(np.int64)
        popular = active[np.argsort(-likes, kind="stable")]
        promoted = promoted_weights(now, tick, self.articles, active, self.cast.topics, self.streams)
        new = self.articles.new(tick)
        authors = self.articles["author"][new].astype(np.int64) - self.n_readers
        supply = Supply(tick, active, new, authors, popular, promoted)
        affinity = None if now.cold_start_by == "random" else self.memory.affinity(now.cold_start_by)
        self._scores = SlateScores(self.scenario.record.scores)
        policy = SlatePolicy(self.streams, self.articles, supply, now.places(), affinity, self._scores)
        shown = self.memory.shown_between(tick - self.scenario.window, tick)
        barred = Barred(self.now.withheld, len(self.articles))

        def fill(rows: slice) -> tuple[IntArray, IntArray]:
            agents = np.arange(rows.start, rows.stop)
            seen = np.hstack([block[rows] for block in shown]) if shown else np.zeros((len(agents), 0), np.int32)
            return policy.fill(agents, seen, recommender, barred.of(agents))

        parts = self.workers.blocks(self.n_readers, fill)
        items = np.concatenate([part[0] for part in parts])
        self._sources = np.concatenate([part[1] for part in parts])
        return Slates(items, np.where(items >= 0, 0.0, -np.inf))

    def observe(self, tick: int, slates: Slates) -> Sequence[Observations]:
        """What readers see: their list, how well each article matches, and how good it is."""
        items, self._reading = slates.items, True
        held = np.maximum(items, self.articles.first)

        def match(rows: slice) -> FloatArray:
            return cosine(self.readers[rows].astype(np.float32), self.articles.content(held[rows]))

        parts = self.workers.blocks(self.n_readers, match)
        matched = steady(np.concatenate(parts).astype(np.float64), 6)
        worth = steady(self.articles.column("quality", held) / self.scenario.quality_scale(), 9)
        self._slates, self._features = items, {"match": matched, "quality": worth}
        traits = {name: self.cast.readers[name] for name in ("concentration", "threshold", "quality_weight")}
        traits, keys = traits | {"position": self.readers}, self.articles.column("key", held)
        return [
            Observations(
                tick,
                group,
                "read",
                np.arange(rows.start, rows.stop),
                self.now.clicks,
                items[rows],
                {name: trait[rows] for name, trait in traits.items()},
                {name: feature[rows] for name, feature in self._features.items()},
                keys[rows],
                text=self._say(tick),
            )
            for group, rows in self.reading.items()
            if rows.start < rows.stop
        ]

    # ---- apply -------------------------------------------------------------------------------------------------

    def apply(self, tick: int, actions: Sequence[Actions]) -> Events:
        """Posts become articles; clicks and likes count, and move those who clicked."""
        done = Actions.concat(actions)
        return self._read(tick, done) if self._reading else self._publish(tick, done)

    def _publish(self, tick: int, posts: Actions) -> Events:
        silent, posts = feed_judge.unanswered(posts, range(self.n_readers, self.n_readers + self.n_creators))
        limits = np.full(self.n_creators, self.now.creators.articles)
        limits[self.writing["writers"]] = self.now.writers.articles
        refused, good = feed_judge.posts(posts, self.n_readers, limits, self.articles)
        posts = posts.where(good)
        active = self._active(tick)
        author = posts.agent.astype(np.int64) - self.n_readers
        own = self.articles["author"][active].astype(np.int64) - self.n_readers
        deg = np.bincount(own, weights=self.articles["likes"][active], minlength=self.n_creators)
        worth = steady(quality(deg[author]))
        inspired = posts.item >= 0
        category = self.cast.creator_categories[author].copy()
        category[inspired] = self.articles["category"][posts.item[inspired]]
        vector = steady(posts.vector, 7) if len(posts) else np.zeros((0, self.articles.width))
        written = posts.text != ""
        category[written] = nearest(vector[written], self.cast.topics)
        press = self.writing["creators"].stop  # what breaks is covered by them, however many writers there are
        story = breaking(self.now, tick, self.cast.topics, self.n_readers, press, self.streams)
        ids = self.articles.add(
            tick,
            np.concatenate([posts.agent, story.author]),
            np.concatenate([category, story.category]),
            np.concatenate([worth, story.quality]),
            np.concatenate([vector, story.vector]),
            text=[printable(text) for text in posts.text] + [""] * len(story.author),
            seat=np.array([self.seat(author) for author in [*posts.agent.tolist(), *story.author.tolist()]], np.int64),
        )
        counts = np.bincount(author, minlength=self.n_creators)
        total = np.zeros_like(self.creators)
        np.add.at(total, author, vector)
        wrote = counts > 0
        self.creators[wrote] = steady(total[wrote] / counts[wrote, None])
        n = len(posts)
        return Events.concat(
            [
                silent,
                refused,
                Events.of("post", posts.agent, ids[:n], value=worth, ref=posts.item),
                Events.of("post", story.author, ids[n:], value=story.quality, why="interruption"),
            ]
        )

    def _read(self, tick: int, actions: Actions) -> Events:
        items, limit = self._slates, self.now.clicks
        silent, actions = feed_judge.unanswered(actions, range(self.n_readers))
        verdict = feed_judge.reading(actions, items, limit)
        clicked, liked = verdict.clicks, verdict.likes
        weight = self.cast.readers["quality_weight"][clicked.agent]
        where = (clicked.agent, clicked.slot)
        quality_part = weight * self._features["quality"][where]
        match_part = (1.0 - weight) * self._features["match"][where]
        utility = quality_part + match_part
        is_liked = np.isin(clicked.key(items.shape[1]), liked.key(items.shape[1]))
        before = self.readers.copy()
        if tick:
            self._drift(clicked.agent, clicked.item, is_liked, utility)
        for name, rows in (("shown", items), ("clicks", clicked.item), ("likes", liked.item)):
            self.articles.count(name, rows)
        author = self.articles["author"].astype(np.int64) - self.n_readers
        self.memory.note(
            tick, items, clicked.agent, clicked.item, author[clicked.item], liked.agent, liked.item, author[liked.item]
        )
        self.view = TickView(
            tick=tick,
            articles=self.articles,
            active=self._active(tick),
            new=self.articles.new(tick),
            n_readers=self.n_readers,
            n_creators=self.n_creators,
            shown=items,
            sources=self._sources,
            match=self._features["match"],
            clicked=clicked,
            liked=liked,
            is_liked=is_liked,
            quality_part=quality_part,
            match_part=match_part,
            before=before,
            readers=self.readers,
            trained_readers=self.trained[0],
            trained_articles=self.trained[1],
            memory=self.memory,
            streams=self.streams,
        )
        return Events.concat([self._exposures(items), verdict.events(actions), silent])

    def _drift(self, agent: IntArray, item: IntArray, liked: NDArray[np.bool_], utility: FloatArray) -> None:
        order = np.argsort(agent, kind="stable")
        agent, item, liked, utility = agent[order], item[order], liked[order], utility[order]
        moved = self.readers.copy()
        for start in range(0, self.n_readers, 512):  # blocks keep the temporary arrays small
            rows = slice(*np.searchsorted(agent, [start, start + 512]))
            who = agent[rows]
            if not len(who):
                continue
            delta = drift(
                self.readers[who],
                self.articles.content(item[rows]).astype(np.float64),
                liked[rows],
                utility[rows],
                self.cast.readers["concentration"][who],
                self.now.users.step,
            )
            first = np.flatnonzero(np.concatenate([[True], who[1:] != who[:-1]]))
            moved[who[first]] += np.add.reduceat(delta, first, axis=0)
        self.readers = steady(moved)

    def _exposures(self, items: IntArray) -> Events:
        if not self.scenario.record.exposures:
            return Events.concat([])
        agent, rank = np.nonzero(items >= 0)
        item, why = items[agent, rank], self._sources[agent, rank]
        return Events.of("shown", agent, item, value=self._scores.of(agent, item, why), rank=rank, why=why)

    # ---- numbers, state ----------------------------------------------------------------------------------------

    def snapshot(self) -> dict[str, NDArray[Any]]:
        """Positions of everybody and of what is in circulation."""
        items = np.arange(self.articles.first, len(self.articles))
        return {
            "users": self.readers.astype(np.float32),
            "in_loop": self.trained[0],
            "creators": self.creators.astype(np.float32),
            "items": items,
            "vectors": self.articles.vectors,
            "categories": self.articles["category"][items],
        }

    def state(self) -> Mapping[str, NDArray[np.generic]]:
        """Everything needed to go on."""
        return {"readers": self.readers, "creators": self.creators} | self.articles.state() | self.memory.state()

    def load(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Take up where ``state`` was taken."""
        self.readers = np.array(state["readers"], np.float64)
        self.creators = np.array(state["creators"], np.float64)
        self.articles.load(state)
        self.memory.load(state)
