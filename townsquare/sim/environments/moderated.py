"""A timeline on which posts are moderated: before they are posted, before they go round, before a reader sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from townsquare.protocols.actions import Actions
from townsquare.protocols.columns import NOBODY, BoolArray, IntArray
from townsquare.protocols.events import REASON, Events
from townsquare.protocols.moderator import ACTION, ACTIONS, HARMLESS, Posts, Verdicts
from townsquare.protocols.observations import Observations
from townsquare.protocols.post_kinds import ADVISED, KIND, KINDS, MILDER
from townsquare.protocols.recommender import Recommender
from townsquare.protocols.slates import Slates
from townsquare.protocols.streams import Streams
from townsquare.protocols.workers import Workers
from townsquare.sim.environments.moderated_authors import Authors
from townsquare.sim.environments.moderated_desk import Desk, Ruled
from townsquare.sim.environments.moderated_docket import APPEAL, HELD, Decided, Docket
from townsquare.sim.environments.moderated_writers import Writers
from townsquare.sim.environments.timeline import Timeline
from townsquare.sim.environments.timeline_cast import Cast
from townsquare.sim.measures.moderation_view import ModerationView
from townsquare.sim.scenarios.moderation import Moderation

_FELT = np.array([ACTION[name] for name in ("remove", "warn", "limit", "suspend")])
"""Actions after which authors change their ways."""
_CLEAR = np.array([ACTION[name] for name in HARMLESS])
_GONE = np.array([ACTION[name] for name in ("remove", "hold")])


@dataclass(frozen=True, slots=True)
class Groups:
    """Who the members are as authors and as readers."""

    kinds: IntArray
    """(members,) what each is up to (``KINDS``)."""
    policy: IntArray
    """(members,) the number of its policy as a reader, -1 for none."""
    writers: IntArray
    """Members whose posts a mind of their own writes, ascending."""


class Moderated(Timeline):
    """``Timeline`` with authors of several kinds, who adapt; verdicts that come into force and can be taken back; and
    readers who keep posts from themselves.

    ``limit``: the author's posts reach a share of the readers for some ticks; ``suspend``: it posts nothing;
    ``demote``: last in every timeline; ``hold``: shown once the reviewer, who is simulated, has cleared it; ``blur``:
    shown, and read once opened; ``label`` is on record. The reviewer works at the end of a tick, so what it clears is
    shown from the next one on.
    """

    shows: ClassVar[type] = ModerationView
    scenario: Moderation
    now: Moderation
    view: ModerationView | None  # type: ignore[assignment]

    def __init__(
        self, scenario: Moderation, streams: Streams, cast: Cast, workers: Workers, groups: Groups, desk: Desk
    ) -> None:
        super().__init__(scenario, streams, cast, workers)
        self.groups, self.desk = groups, desk
        self.authors = Authors(groups.kinds, streams)
        self.docket = Docket(len(desk.policies))
        self.writers = Writers(groups.writers, cast.n_members)
        self.breaks: BoolArray = np.array([name in scenario.breaks for name in KINDS])
        self.blocks: BoolArray = np.array([[k in p.block for k in KINDS] for p in desk.policies], bool).reshape(-1, 4)
        self._meant: IntArray = np.full(cast.n_members, -1)
        self._hides: BoolArray = np.zeros(cast.n_members, bool)
        self._looked: IntArray = np.zeros(0, np.int64)
        self._appealed = 0
        self._filtered = (0, 0)

    # ---- author side -------------------------------------------------------------------------------------------

    def supply(self, tick: int) -> Sequence[Observations]:
        """As a timeline; members are told which kind of post they are up to, and how to disguise it."""
        self._looked, self._appealed, self._filtered = np.zeros(0, np.int64), 0, self.desk.looked_closer
        cohorts = []
        for seen in super().supply(tick):
            own = [seen] if seen.task != "post" else self.writers.split(self._prompted(seen), self.posts, self.docket)
            cohorts += own
        return cohorts

    def _turn(self, tick: int) -> IntArray:
        now = self.now
        turn = self.authors.turn(tick, now.members.posts, now.kinds, now.adapting)
        self._meant = np.full(self.cast.n_members, -1)
        self._meant[turn] = self.authors.meant(tick, turn, now.kinds.own)
        self._hides = (self.authors["disguise"] >= 0) & (self._meant > KIND["benign"])
        return turn

    def _prompted(self, seen: Observations) -> Observations:
        kind, how = self._meant[seen.agents], self.authors["disguise"][seen.agents]
        return replace(seen, traits={**seen.traits, "kind": kind.astype(float), "disguise": how.astype(float)})

    def _put_up(self, tick: int, actions: Actions, reason: IntArray, aside: bool) -> Events:
        first = len(self.posts)
        events = super()._put_up(tick, actions, reason, aside)
        good = actions.where(reason == 0)
        post = (good.item < 0) & (good.agent < self.cast.n_members)
        agent = np.where(post, good.agent, 0)
        advice = np.where(post, good.value, 0).astype(np.int64)
        meant = np.where(advice == ADVISED["edited"], np.array(MILDER)[self._meant[agent]], self._meant[agent])
        meant = np.where(advice == ADVISED["accepted"], KIND["benign"], meant)
        harmful = self.posts["harm"][first:] >= self.now.timeline.harmful
        read = np.where(harmful, KIND["toxic"], KIND["benign"])  # an answer, or a post by another group
        kind, draft = np.where(post, meant, read), np.where(post, self._meant[agent], read)
        hides = post & self._hides[agent] & (advice < ADVISED["edited"])
        self.docket.add(kind, draft, hides, advice)
        return events

    def _replied(self, tick: int, actions: Actions) -> Events:
        """Suspended members answer nothing either."""
        shut = self.authors["suspended"][actions.agent] > tick
        refused = Events.of("refused", actions.agent[shut], actions.item[shut], why="not allowed")
        return Events.concat([refused, super()._replied(tick, actions.where(~shut))])

    # ---- channel -----------------------------------------------------------------------------------------------

    def _held(self, tick: int) -> IntArray:
        return self.docket.held(self.posts.between(*self._window(tick)) if self._waits else np.zeros(0, np.int64))

    def govern(self, tick: int, posts: Posts, verdicts: Verdicts) -> Events:
        """Verdicts come into force, authors react, and some appeal."""
        news = ~(np.isin(posts.items, self._held(tick)) & (verdicts.action == ACTION["hold"]))
        events = super().govern(tick, posts, verdicts)
        if isinstance(verdicts, Ruled):
            self.docket.hidden[:, posts.items] = verdicts.hidden
        if not self.desk.rules:
            return Events.concat([])
        items, action = posts.items[news], verdicts.action[news]
        self.posts.columns["gone"][items] = np.isin(action, _GONE)
        self.docket.rule(items, action, verdicts.score[news])
        self._looked = items
        self._felt(tick, items, action)
        if not self._waits:
            self.docket.wait(items[action == ACTION["hold"]], HELD)
        return Events.concat([events, self._appeals(tick, items, action)])

    def _felt(self, tick: int, items: IntArray, action: IntArray) -> None:
        """What verdicts do to members who wrote the posts."""
        author = self.posts["author"][items]
        rows = np.isin(action, _FELT) & (author < self.cast.n_members)
        items, action, author = items[rows], action[rows], author[rows].astype(np.int64)
        for name, sanction, ticks in (
            ("limit", "limited", self.now.effects.limited),
            ("suspend", "suspended", self.now.effects.suspended),
        ):
            # a suspension begins with the next tick, for in this one the author has posted
            until = tick + ticks + (sanction == "suspended")
            self.authors.sanction(sanction, author[action == ACTION[name]], until)
        asked = self.writers.felt(author, items)
        items, author = items[~asked], author[~asked]
        guilty = self.breaks[self.docket["kind"][items]]
        self.authors.react(author, self.posts["key"][items], guilty, self.now.adapting)

    def _appeals(self, tick: int, items: IntArray, action: IntArray) -> Events:
        """Authors who do not take it: of posts that something was done about, but for those that only wait."""
        of, author = self.now.review, self.posts["author"][items]
        rows = ~np.isin(action, _CLEAR) & (action != ACTION["hold"]) & (author < self.cast.n_members)
        items, author = items[rows], author[rows]
        chance = np.where(self.breaks[self.docket["kind"][items]], of.guilty, of.innocent)
        wants = self.streams.uniform("appeal", 0, author, self.posts["key"][items]) < chance
        self.docket.wait(items[wants], APPEAL)
        self._appealed = int(wants.sum())
        return Events.of("dispute", author[wants], items[wants])

    def _review(self, tick: int) -> tuple[Events, Decided]:
        """The reviewer's evening: held posts are cleared or removed, appeals granted or not."""
        done = self.docket.decide(self.posts["key"], self.breaks, self.now.review, self.streams)
        cleared = done.items[~done.broken]
        self.posts.columns["gone"][cleared] = False
        author = self.posts["author"][done.items]
        member = author < self.cast.n_members
        granted = (done.matter == APPEAL) & ~done.broken & member
        self.authors.lift(author[granted].astype(np.int64))
        removed = (done.matter == HELD) & done.broken & member
        self._felt(tick, done.items[removed], np.full(int(removed.sum()), ACTION["remove"]))
        standing = self.docket["standing"][done.items]
        for row, item in enumerate(done.items.tolist()):
            by = "reviewer" if done.matter[row] == HELD else "appeal"
            name = ACTIONS[int(standing[row])]
            why = "finds that it breaks the rules" if done.broken[row] else "finds nothing wrong with it"
            self.desk.notes.add(by, item, name, float(done.broken[row]), agent=int(author[row]),
                                rationale=f"the simulated reviewer {why}")  # fmt: skip
        why_codes = np.array([REASON[name] for name in ACTIONS], np.int8)[standing]
        nobody = np.full(len(done.items), NOBODY)
        value = done.broken.astype(np.float64)
        return Events.of("verdict", nobody, done.items, value=value, rank=done.matter, why=why_codes), done

    # ---- reader side -------------------------------------------------------------------------------------------

    def match(self, tick: int, recommender: Recommender) -> Slates:
        """Everybody's timeline, what is demoted last."""
        super().match(tick, recommender)
        last = (self._slates >= 0) & (self.docket["standing"][self._slates] == ACTION["demote"])
        order = np.argsort(last + 2 * (self._slates < 0), axis=1, kind="stable")
        self._slates = np.take_along_axis(self._slates, order, axis=1)
        self._sources = np.take_along_axis(self._sources, order, axis=1)
        return Slates(self._slates, np.where(self._slates >= 0, 0.0, -np.inf))

    def _kept_from(self, tick: int, active: IntArray) -> IntArray:
        """What a reader's policy hides, and posts of limited authors that do not reach it."""
        n = self.cast.n_members
        policy = self.groups.policy
        lists = [active[row] for row in self.docket.hidden[:, active]]
        by_policy = np.full((len(lists) + 1, max((len(one) for one in lists), default=0)), -1, np.int32)
        for place, one in enumerate(lists):
            by_policy[place, : len(one)] = one
        few = active[self.authors.limited(tick, self.posts["author"][active])]
        draw = self.streams.uniform("reach", 0, np.arange(n)[:, None], self.posts["key"][few])
        missed = np.where(draw < self.now.effects.reach, -1, few).astype(np.int32)
        return np.hstack([by_policy[policy], missed])  # whoever has no policy, -1, has the last row

    def observe(self, tick: int, slates: Slates) -> Sequence[Observations]:
        """What members see, and which of it is blurred or labelled."""
        standing = np.where(slates.items >= 0, self.docket["standing"][slates.items], 0)
        marks = {"blurred": standing == ACTION["blur"], "labelled": standing == ACTION["label"]}
        more = {name: mark.astype(np.float64) for name, mark in marks.items()}
        return [
            replace(seen, features={**seen.features, **{name: mark[seen.agents] for name, mark in more.items()}})
            for seen in super().observe(tick, slates)
        ] + self.writers.asked(tick, self.posts, self.docket, self.cast)

    # ---- apply -------------------------------------------------------------------------------------------------

    def _browsed(self, tick: int, actions: Actions) -> Events:
        adapted, authors, ways, actions = self.writers.made_up(actions)
        events = Events.concat([super()._browsed(tick, actions), adapted])
        if len(authors):
            self.authors.go_on(authors, ways, self.now.adapting)
        of: Any = self.view
        suspended = int((self.authors["suspended"] > tick).sum())
        reviewed, done = self._review(tick)
        appeals = done.matter == APPEAL
        before, after = self._filtered, self.desk.looked_closer
        self.view = ModerationView(
            tick=tick,
            author=self.posts["author"],
            docket=self.docket,
            breaks=self.breaks,
            new=of.new[self.posts["parent"][of.new] < 0],
            looked=self._looked,
            shown=of.shown,
            reads=of.reads,
            policy=self.groups.policy,
            blocks=self.blocks,
            authors=self.groups.kinds,
            rate=self.authors.chance(),
            suspended=suspended,
            decided=len(done.items),
            waiting=self.docket.queue.shape[1],
            appealed=self._appealed,
            appeals=int(appeals.sum()),
            granted=int((appeals & ~done.broken).sum()),
            filtered=(after[0] - before[0], after[1] - before[1]),
        )
        return Events.concat([events, reviewed])

    def verdicts(self, tick: int) -> pa.Table | None:
        """What was said of posts in a tick, with its grounds; None where nothing was."""
        new = self.posts.between(tick, tick + 1)
        mine = new[(self.posts["parent"][new] < 0) & (self.posts["author"][new] < self.cast.n_members)]
        return self.desk.notes.take(tick, dict(zip(self.posts["author"][mine].tolist(), mine.tolist(), strict=True)))

    # ---- state -------------------------------------------------------------------------------------------------

    def state(self) -> Mapping[str, NDArray[np.generic]]:
        """Everything needed to go on."""
        return {**super().state(), **self.authors.state(), **self.docket.state(), **self.writers.state()}

    def load(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Take up where ``state`` was taken."""
        super().load(state)
        self.authors.load(state)
        self.docket.load(state)
        self.writers.load(state)
