"""A timeline: members read, like and answer posts, persuaders post for a goal, bots answer what does harm (ours)."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.actions import KIND as ACTION
from townsquare.protocols.actions import Actions
from townsquare.protocols.catalogue import Catalogue
from townsquare.protocols.columns import NOBODY, BoolArray, FloatArray, IntArray
from townsquare.protocols.events import KIND, REASON, Events
from townsquare.protocols.interactions import Interactions
from townsquare.protocols.moderator import ACTION as VERDICT
from townsquare.protocols.moderator import ACTIONS, Posts, Verdicts
from townsquare.protocols.observations import Observations
from townsquare.protocols.recommender import Recommender
from townsquare.protocols.slates import Slates
from townsquare.protocols.streams import Streams
from townsquare.protocols.texts import printable
from townsquare.protocols.workers import Workers
from townsquare.sim.environments import feed_judge, timeline_judge
from townsquare.sim.environments.barred import Barred
from townsquare.sim.environments.slate_scores import SlateScores
from townsquare.sim.environments.timeline_cast import Cast
from townsquare.sim.environments.timeline_memory import TimelineMemory
from townsquare.sim.environments.timeline_posts import TimelinePosts
from townsquare.sim.environments.timeline_rules import DIGITS, bounded
from townsquare.sim.environments.timeline_sight import TimelineSight
from townsquare.sim.environments.timeline_slates import Places, TimelineSlates
from townsquare.sim.environments.timeline_without import without
from townsquare.sim.measures.timeline_view import TimelineView
from townsquare.sim.scenarios.campaign import Campaign

_OUT = tuple(VERDICT[name] for name in ("remove", "hold"))
"""Verdicts that take a post off the timelines; the others are put on record and change nothing here."""
_CIVIL = 0.5
"""Harm below which an answer to a harmful post can count as counterspeech."""


class Timeline:
    """One tick: persuaders and members post and bots answer harmful posts of the tick before; moderators look at what
    is new; timelines are filled; members read, like, answer, and change their minds.

    What a member was shown and why (``shown``), read (``click``), liked, and which post moved its opinion to where
    (``opinion``: item, author as ref, the new opinion as value) stands in the log, one row each.
    """

    shows: ClassVar[type] = TimelineView

    def __init__(self, scenario: Campaign, streams: Streams, cast: Cast, workers: Workers) -> None:
        self.scenario, self.streams, self.cast, self.workers = scenario, streams, cast, workers
        self.opinions: FloatArray = np.array(cast.opinion, np.float64)
        keep = scenario.timeline.window + scenario.retrain - 1
        self.posts = TimelinePosts(scenario.proposition, keep)
        self.memory = TimelineMemory(keep)
        self.supplied: list[int] = []
        """How many posts there were when the supply of each tick was in."""
        self.looked = 1
        """The first post that no moderator has looked at."""
        self.waiting: IntArray = np.zeros(0, np.int64)
        """Posts that people have not decided about yet."""
        self.view: TimelineView | None = None
        self.now = scenario
        self._browsing = False
        self._withheld = 0
        self._limits: IntArray = np.zeros(0, np.int64)
        self._offered: IntArray = np.zeros(0, np.int64)
        self._slates: IntArray = np.zeros((0, 0), np.int32)
        self._sources: IntArray = np.zeros((0, 0), np.int8)
        self._scores = SlateScores(wanted=False)

    @property
    def sight(self) -> TimelineSight:
        """What accounts see, as the town stands."""
        return TimelineSight(self.now, self.cast, self.posts, self.memory, self.opinions)

    # ---- supply ------------------------------------------------------------------------------------------------

    def supply(self, tick: int) -> Sequence[Observations]:
        """Persuaders, members whose turn it is, and bots before whom harmful posts lie."""
        self.now, self._browsing = self.scenario.at(tick), False
        self.posts.forget(tick)
        cast, sight = self.cast, self.sight
        self._limits = np.zeros(cast.bots.stop, np.int64)
        turn = self._turn(tick)
        self._offered = sight.offending(tick) if cast.n_bots else np.zeros(0, np.int64)
        asked = []
        if cast.n_persuaders and tick >= self.now.persuaders.start:
            asked.append(sight.persuade(tick))
        if len(turn):
            asked.append(sight.post(tick, turn))
        if len(self._offered):
            asked.append(sight.counter(tick, self._offered))
        for seen in asked:
            self._limits[seen.agents] = seen.limit
        return asked

    def _turn(self, tick: int) -> IntArray:
        """Members who may post now."""
        people = np.array(self.cast.members)
        return people[self.streams.uniform("posts", tick, people, np.zeros(1, np.int64)) < self.now.members.posts]

    def _supplied(self, tick: int, actions: Actions) -> Events:
        """New posts, in the order of those who were asked."""
        cast = self.cast
        silent, actions = feed_judge.unanswered(actions, range(cast.bots.stop))
        self._withheld = int(((silent.kind == KIND["refused"]) & (silent.agent >= cast.bots.start)).sum())
        bot = actions.agent >= cast.bots.start
        round_now = np.zeros(len(self.posts), bool)
        round_now[self.posts.going_round(*self._window(tick))] = True
        offered = np.zeros(len(self.posts), bool)
        offered[self._offered] = True
        made = [silent]
        for aside, parents in ((False, round_now), (True, offered)):
            mine = actions.where(bot == aside)
            reason = timeline_judge.posts(mine, self._limits, parents)
            if aside:
                reason[(reason == 0) & (mine.item < 0)] = REASON["not allowed"]
                good = np.flatnonzero(reason == 0)
                again = np.setdiff1d(good, good[np.unique(mine.item[good], return_index=True)[1]])
                reason[again] = REASON["twice"]
            made.append(self._put_up(tick, mine, reason, aside))
        self.supplied = [*self.supplied[:tick], len(self.posts)]
        return Events.concat(made)

    def _put_up(self, tick: int, actions: Actions, reason: IntArray, aside: bool) -> Events:
        """The posts that nothing is wrong with, and an event for each of the others."""
        bad = reason > 0
        refused = Events.of("refused", actions.agent[bad], actions.item[bad], why=reason[bad])
        good = actions.where(~bad)
        stance, harm = timeline_judge.content(good)
        parent = good.item.astype(np.int64)
        against = self.posts.column("harm", parent) >= self.now.timeline.harmful
        counter = (parent >= 0) & against & (harm < _CIVIL) & (good.value > 0)
        ids = self.posts.add(
            tick,
            good.agent,
            stance,
            harm,
            parent,
            [printable(text) for text in good.text],
            seat=self.cast.seats(good.agent),
            aside=aside,
            counter=counter | aside,
            quality=np.round(np.clip(np.nan_to_num(good.value), 0, 1), 5) if aside else None,
        )
        why = np.where(parent >= 0, REASON["reply"], 0).astype(np.int8)
        return Events.concat([refused, Events.of("post", good.agent, ids, value=stance, ref=parent, why=why)])

    # ---- moderation ---------------------------------------------------------------------------------------------

    def pending(self, tick: int) -> Posts:
        """Posts that nobody has looked at, and those that wait for people, beside everything that goes round."""
        low, end = self._window(tick)
        new = np.concatenate([self._held(tick), np.arange(self.looked, len(self.posts))])
        archive = np.union1d(self.posts.going_round(low, end), new)
        return Posts(
            tick, new, self.posts["author"][new], np.zeros(len(new), np.int64), archive, lambda i: self.posts.texts[i]
        )

    def govern(self, tick: int, posts: Posts, verdicts: Verdicts) -> Events:
        """A post that is removed, or held, goes round no more, and nobody sees it below another; what people clear
        does again. That a post goes on waiting is no event.
        """
        again = np.isin(posts.items, self._held(tick)) & (verdicts.action == VERDICT["hold"])
        self.looked = len(self.posts)
        self.posts.columns["gone"][posts.items] = np.isin(verdicts.action, _OUT)
        if self._waits:
            self.waiting = posts.items[verdicts.action == VERDICT["hold"]].astype(np.int64)
        why = np.array([REASON[name] for name in ACTIONS], np.int8)[verdicts.action]
        told = Events.of("verdict", np.full(len(posts), NOBODY), posts.items, value=verdicts.score, why=why)
        return told.where(~again)

    @property
    def _waits(self) -> bool:
        """Whether people decide about held posts in their own time."""
        return self.now.moderator.name == "human-queue"

    def _held(self, tick: int) -> IntArray:
        """Posts that still wait for people, and would go round."""
        return self.waiting[self.posts["born"][self.waiting] >= self._window(tick)[0]]

    # ---- learn, match, observe ---------------------------------------------------------------------------------

    def _window(self, tick: int) -> tuple[int, int]:
        """The ticks whose posts go round at ``tick``: from the first to before the second."""
        return tick - self.scenario.timeline.window + 1, tick + 1

    def history(self, tick: int) -> tuple[Interactions, Catalogue]:
        """What was liked, or read, of the posts that go round."""
        low, _ = self._window(tick)
        users, items, ticks = self.memory.between(self.scenario.at(tick).timeline.learns, low, tick)
        end = self.supplied[tick]  # a resumed run asks again for an earlier tick, and must learn what was known then
        fresh = self.posts["born"][items] >= low
        ones = np.ones(int(fresh.sum()), np.float32)
        log = Interactions(users[fresh], items[fresh], ones, ticks[fresh], self.cast.n_members, end)
        return log, self.posts.catalogue(end)

    def match(self, tick: int, recommender: Recommender) -> Slates:
        """Everybody's timeline."""
        now, cast, n = self.now.timeline, self.cast, self.cast.n_members
        low, end = self._window(tick)
        active = self.posts.going_round(low, end)
        places = Places(now.length, round(now.followed * now.length), round(now.first * now.length))
        barred = self._barred().of(np.arange(n))
        seen = np.hstack([self.memory.shown_between(low, tick, n), self._kept_from(tick, active), barred])
        self._scores = SlateScores(self.scenario.record.scores)
        filler = TimelineSlates(self.streams, tick, self.posts, active, places, seen, self._scores)
        followed = filler.newest(cast.follows, places.followed, np.zeros((n, 0), np.int32))
        pushed = filler.newest(cast.pushed(), places.first, followed)

        def fill(rows: slice) -> tuple[IntArray, IntArray]:
            return filler.fill(np.arange(rows.start, rows.stop), followed[rows], pushed[rows], recommender)

        parts = self.workers.blocks(n, fill)
        self._slates = np.concatenate([part[0] for part in parts])
        self._sources = np.concatenate([part[1] for part in parts])
        return Slates(self._slates, np.where(self._slates >= 0, 0.0, -np.inf))

    def _barred(self) -> Barred:
        """What the scenario withholds at this tick."""
        return Barred(self.now.withheld, len(self.posts))

    def _kept_from(self, tick: int, active: IntArray) -> IntArray:
        """(members, m) posts that a member is not to be shown beside those it was shown before, -1 padded."""
        return np.zeros((self.cast.n_members, 0), np.int32)

    def observe(self, tick: int, slates: Slates) -> Sequence[Observations]:
        """What members see: their timeline."""
        self._browsing = True
        sight = self.sight
        seen = sight.browse(tick, slates.items, self._sources == REASON["followed"])
        return without(seen, self.posts, self._barred(), sight.say)

    # ---- apply -------------------------------------------------------------------------------------------------

    def apply(self, tick: int, actions: Sequence[Actions]) -> Events:
        """New posts; or what members did with their timelines."""
        done = Actions.concat(actions)
        return self._browsed(tick, done) if self._browsing else self._supplied(tick, done)

    def _browsed(self, tick: int, actions: Actions) -> Events:
        n, before = self.cast.n_members, self.opinions.copy()
        silent, actions = feed_judge.unanswered(actions, range(n))
        replies, said = (actions.kind == ACTION[kind] for kind in ("post", "opinion"))
        touching = actions.where(~replies & ~said)
        verdict = feed_judge.reading(touching, self._slates, self.now.timeline.length)
        reads, likes = verdict.clicks, verdict.likes
        if self.scenario.members.update == "own":
            refused, moves = self._said(actions.where(said), reads)
        else:
            bad = actions.where(said)
            refused = Events.of("refused", bad.agent, bad.item, why="not allowed")
            moves = self._moved(reads)
        agents, items, values, by = moves
        held = items >= 0
        authors = np.where(held, self.posts.column("author", items), NOBODY)
        opined = Events.of("opinion", agents, items, value=values, ref=authors, why="after")
        answered = self._replied(tick, actions.where(replies))
        for name, column in (("shown", self._slates), ("clicks", reads.item), ("likes", likes.item)):
            self.posts.count(name, column)
        self.memory.note(tick, self._slates, (reads.agent, reads.item), (likes.agent, likes.item))
        first = self.supplied[tick - 1] if tick else 1
        new = np.arange(first, len(self.posts))
        self.view = TimelineView(
            tick=tick,
            n_members=n,
            n_persuaders=self.cast.n_persuaders,
            n_bots=self.cast.n_bots,
            goal=self.scenario.goal(),
            started=self.cast.opinion,
            before=before,
            opinions=self.opinions.copy(),
            tolerance=self.cast.tolerance,
            hostile=self.cast.hostile,
            posts=self.posts,
            new=new[self.posts["born"][new] == tick],
            harmful=self.now.timeline.harmful,
            shown=self._slates,
            sources=self._sources,
            reads=(reads.agent, reads.item),
            likes=(likes.agent, likes.item),
            moves=(agents, items, by),
            withheld=self._withheld,
        )
        return Events.concat([self._exposures(), verdict.events(touching), silent, opined, refused, answered])

    def _moved(self, reads: feed_judge.Touched) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
        """The rule: members, posts, the new opinions and by how much they differ, in the order of timelines."""
        read: BoolArray = np.zeros(self._slates.shape, bool)
        read[reads.agent, reads.slot] = True
        stance = self.posts.column("stance", self._slates)
        after, moved = bounded(self.opinions, stance, read, self.cast.susceptibility, self.cast.tolerance)
        earlier = np.hstack([self.opinions[:, None], after[:, :-1]])
        row, place = np.nonzero(moved)
        if after.shape[1]:
            self.opinions = after[:, -1].copy()
        values = after[row, place]
        return row, self._slates[row, place], values, np.round(values - earlier[row, place], DIGITS)

    def _said(
        self, actions: Actions, reads: feed_judge.Touched
    ) -> tuple[Events, tuple[IntArray, IntArray, FloatArray, FloatArray]]:
        """What minds say they think now: what is refused, and the rest as ``_moved`` has it."""
        span = len(self.posts) + 1
        pairs = reads.agent.astype(np.int64) * span + reads.item
        reason = timeline_judge.opinions(actions, pairs, span, self.cast.n_members)
        bad = reason > 0
        refused = Events.of("refused", actions.agent[bad], actions.item[bad], why=reason[bad])
        good = actions.where(~bad)
        values, by = np.round(good.value.astype(np.float64), DIGITS), np.zeros(len(good))
        for row, agent in enumerate(good.agent.tolist()):
            by[row] = round(values[row] - self.opinions[agent], DIGITS)
            self.opinions[agent] = values[row]
        return refused, (good.agent.astype(np.int64), good.item.astype(np.int64), values, by)

    def _replied(self, tick: int, actions: Actions) -> Events:
        limits = np.full(self.cast.bots.stop, 0)
        limits[: self.cast.n_members] = self.now.timeline.length
        shown = np.zeros(len(self.posts), bool)
        shown[self._slates[self._slates >= 0]] = True
        reason = timeline_judge.posts(actions, limits, shown)
        reason[(reason == 0) & (actions.item < 0)] = REASON["not allowed"]
        rows = np.flatnonzero(reason == 0)
        there = (self._slates[actions.agent[rows]] == actions.item[rows][:, None]).any(axis=1)
        reason[rows[~there]] = REASON["not shown"]
        return self._put_up(tick, actions, reason, aside=False)

    def _exposures(self) -> Events:
        if not self.scenario.record.exposures:
            return Events.concat([])
        agent, rank = np.nonzero(self._slates >= 0)
        item, why = self._slates[agent, rank], self._sources[agent, rank]
        return Events.of("shown", agent, item, value=self._scores.of(agent, item, why), rank=rank, why=why)

    # ---- state -------------------------------------------------------------------------------------------------

    def snapshot(self) -> Mapping[str, NDArray[Any]]:
        """Nothing lies anywhere."""
        return {}

    def state(self) -> Mapping[str, NDArray[np.generic]]:
        """Everything needed to go on."""
        rest = {
            "opinions": self.opinions,
            "supplied": np.array(self.supplied, np.int64),
            "looked": np.array(self.looked),
            "waiting": self.waiting,
        }
        return {**rest, **self.posts.state(), **self.memory.state()}

    def load(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Take up where ``state`` was taken."""
        self.opinions = np.array(state["opinions"], np.float64)
        self.supplied = state["supplied"].tolist()
        self.looked = int(state["looked"])
        self.waiting = state["waiting"].astype(np.int64)
        self.posts.load(state)
        self.memory.load(state)
