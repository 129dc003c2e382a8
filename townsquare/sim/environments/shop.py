"""A shop: customers take what they are shown and rate it, shills rate what suits them (ours)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.actions import Actions
from townsquare.protocols.attack import Knowledge, Level
from townsquare.protocols.catalogue import Catalogue
from townsquare.protocols.columns import NOBODY, BoolArray, FloatArray, IntArray, steady
from townsquare.protocols.defence import Trust
from townsquare.protocols.detector import Detector, Suspicion
from townsquare.protocols.events import KIND, REASON, Events
from townsquare.protocols.interactions import Interactions
from townsquare.protocols.moderator import ACTION, ACTIONS, Posts, Verdicts
from townsquare.protocols.observations import Observations
from townsquare.protocols.recommender import Recommender, lesson, named
from townsquare.protocols.slates import Slates
from townsquare.protocols.streams import Streams
from townsquare.protocols.texts import printable
from townsquare.sim.environments import feed_judge
from townsquare.sim.environments.barred import Barred
from townsquare.sim.environments.opinions import Opinions
from townsquare.sim.environments.shop_judge import objections
from townsquare.sim.environments.shop_log import ShopLog
from townsquare.sim.environments.slate_scores import SlateScores
from townsquare.sim.measures.shop_view import ShopView
from townsquare.sim.measures.view import mean
from townsquare.sim.scenarios.shilling import Shilling

ARCHIVE = 2000
"""Reviews that a new one is compared with."""
_OUT = (ACTION["remove"], ACTION["hold"])
"""Verdicts that take a review out of the shop; the others are put on record and change nothing here."""
_NO_SEEDS = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Stock:
    """What a shop sells, and what is known of it at the start."""

    past: Interactions
    """What customers said before the first tick, on a scale."""
    categories: IntArray
    """(items,) numbers; -1 where unknown."""
    category_names: tuple[str, ...]
    titles: tuple[str, ...]
    opinions: Opinions
    targets: IntArray
    """(t,) items that the attacker wants to move; the same in a shop without shills."""


class Review(NamedTuple):
    """What somebody wrote, and where its rating stands in the log."""

    author: int
    item: int
    tick: int
    text: str
    row: int


class Shop:
    """Customers have the ids from 0, shills those after them; items keep theirs for good.

    Within a tick shills rate first, as anybody may at any time; then the recommender learns, when it is time to, and
    the customers who come by are shown their lists. A review is an item too, numbered after all goods: its rating is
    the ``rate`` event, its text the ``post`` event that refers to the goods.
    """

    shows: ClassVar[type] = ShopView

    def __init__(
        self,
        scenario: Shilling,
        streams: Streams,
        stock: Stock,
        detectors: Mapping[str, Detector],
        shadow: Callable[[int], Recommender],
    ) -> None:
        """``shadow`` makes the recommender of a tick once more, to learn from customers alone."""
        self.scenario, self.streams, self.stock, self.detectors, self.shadow = (
            scenario, streams, stock, detectors, shadow,
        )  # fmt: skip
        self.n_customers, self.n_shills = scenario.customers.count, scenario.shills.count
        self.n_items = stock.past.n_items
        self.log = ShopLog(stock.past, self.n_customers + self.n_shills)
        self.reviews: list[Review] = []
        """Every review since the first tick; a review's item id is its place here, after all goods."""
        self.seen = 0
        """How many of them a moderator has looked at."""
        self.waiting: IntArray = np.zeros(0, np.int64)
        """Item ids of reviews that people have not decided about yet."""
        self.view: ShopView | None = None
        self.trust: Trust | None = None
        self._beside: Recommender | None = None
        self._suspicion: dict[str, Suspicion] = {}
        self._learnt = -1
        self._stale = True
        self._visitors: IntArray = _NO_SEEDS
        self._slates: IntArray = np.zeros((0, 0), np.int32)
        self._without: IntArray = np.zeros((0, 0), np.int32)
        self._sources: IntArray = np.zeros((0, 0), np.int8)
        self._scores = SlateScores(wanted=False)
        self._reading = False
        self._shilled = (0, 0)

    # ---- shills ------------------------------------------------------------------------------------------------

    def supply(self, tick: int) -> Sequence[Observations]:
        """What shills see: their turn has come, and anything may be rated."""
        self._reading = False
        if not self.n_shills:
            return []
        accounts = np.arange(self.n_customers, self.n_customers + self.n_shills)
        none = np.zeros((len(accounts), 0), np.int32)
        return [Observations(tick, "shills", "rate", accounts, self.n_items, none, text=self.title)]

    def knowledge(self, level: Level) -> Knowledge:
        """What an attacker of ``level`` can find out now; ratings by shills are no news to it, and left out."""
        honest = self.log.interactions(self.log.users < self.n_customers)
        rng = self.streams.get("knowledge")
        sample = self.scenario.shills.sample
        return Knowledge(
            honest,
            self.catalogue(),
            level,
            sample,
            rng,
            titles=self.stock.titles,
            category_names=self.stock.category_names,
        )

    def title(self, item: int) -> str:
        """What an item is called."""
        return self.stock.titles[item] if 0 <= item < self.n_items else ""

    # ---- moderation ---------------------------------------------------------------------------------------------

    def pending(self, tick: int) -> Posts:
        """Reviews that wait for people, and those that nobody has looked at, in their order; compared with the
        ``ARCHIVE`` newest, these included.
        """
        new = np.concatenate([self.waiting - self.n_items, np.arange(self.seen, len(self.reviews))])
        recent = np.arange(max(0, min(self.seen, len(self.reviews) - ARCHIVE)), len(self.reviews))
        there = np.union1d(new, recent)
        authors = np.array([self.reviews[number].author for number in new.tolist()], np.int64)
        first = self.n_items
        return Posts(tick, new + first, authors, np.zeros(len(new), np.int64), there + first, self.review)

    def govern(self, tick: int, posts: Posts, verdicts: Verdicts) -> Events:
        """A review that is removed, or held, takes its rating with it, which comes back when people clear it; the
        account may not rate that item again. That a review goes on waiting is no event.
        """
        again = np.isin(posts.items, self.waiting) & (verdicts.action == ACTION["hold"])
        self.seen = len(self.reviews)
        for item, out in zip(posts.items.tolist(), np.isin(verdicts.action, _OUT).tolist(), strict=True):
            self.log.gone[self.reviews[item - self.n_items].row] = out
        if self.scenario.moderator.name == "human-queue":
            self.waiting = posts.items[verdicts.action == ACTION["hold"]].astype(np.int64)
        why = np.array([REASON[name] for name in ACTIONS], np.int8)[verdicts.action]
        told = Events.of("verdict", np.full(len(posts), NOBODY), posts.items, value=verdicts.score, why=why)
        return told.where(~again)

    def review(self, item: int) -> str:
        """What the review with this item id says."""
        return self.reviews[item - self.n_items].text

    # ---- learn, match, observe ---------------------------------------------------------------------------------

    def catalogue(self) -> Catalogue:
        """The goods."""
        bare = Catalogue.bare(self.n_items)
        return Catalogue(bare.authors, bare.born, self.stock.categories, None, bare.keys)

    def history(self, tick: int) -> tuple[Interactions, Catalogue]:
        """Every rating so far; those of ``tick`` itself are shills' only, for customers have not come yet."""
        self._learnt, self._stale = tick, True
        return self.log.interactions(self._known(tick)), self.catalogue()

    def trusted(self, trust: Trust | None) -> None:
        """Take note of what the defence thinks of the accounts; it changes nothing."""
        self.trust = trust

    def _known(self, tick: int) -> BoolArray:
        early: BoolArray = self.log.ticks < tick
        return early | ((self.log.ticks == tick) & (self.log.users >= self.n_customers))

    def match(self, tick: int, recommender: Recommender) -> Slates:
        """The lists of those who come by; rows of all others stay empty."""
        now = self.scenario.at(tick)
        people = np.arange(self.n_customers)
        draws = self.streams.uniform("visit", tick, people, np.zeros(1, np.int64))
        self._visitors = people[draws < now.customers.visits]
        self._catch_up(tick)
        self._scores = SlateScores(self.scenario.record.scores)
        self._slates, self._sources = self._lists(tick, recommender, self._scores)
        self._without = self._slates
        if self._beside is not None:
            self._without = self._lists(tick, self._beside, SlateScores(wanted=False))[0]
        items = np.full((self.n_customers, self._slates.shape[1]), -1, np.int32)
        items[self._visitors] = self._slates
        return Slates(items, np.where(items >= 0, 0.0, -np.inf))

    def _catch_up(self, tick: int) -> None:
        """Fit the recommender of a shop without shills, and let the detectors look, where there is news."""
        if not self._stale:
            return
        self._stale = False
        rows = self._known(self._learnt)
        log, catalogue = self.log.interactions(rows), self.catalogue()
        if self.n_shills:
            self._beside = self.shadow(tick)
            honest = self.log.interactions(rows & (self.log.users < self.n_customers))
            self._beside.fit(lesson(self._beside, honest), catalogue)
        self._suspicion = {name: each.inspect(log, catalogue, _NO_SEEDS) for name, each in self.detectors.items()}

    def _lists(self, tick: int, recommender: Recommender, scores: SlateScores) -> tuple[IntArray, IntArray]:
        """(visitors, k) items and where they came from: the recommender, or at random where it has nothing to say."""
        k, out = self.scenario.shop.slate, self._kept_from(tick)
        width = max(1, int(out.sum(axis=1).max(initial=0)))
        exclude = np.argsort(~out, axis=1, kind="stable")[:, :width].astype(np.int32)
        exclude[~np.take_along_axis(out, exclude, axis=1)] = -1
        slates = recommender.recommend(
            self._visitors, k, tick=tick, candidates=np.arange(self.n_items), exclude=exclude
        )
        scores.note(self._visitors, slates, named("recommender", recommender))
        items = slates.items.astype(np.int32)
        sources = np.where(items >= 0, REASON["match"], 0).astype(np.int8)
        for row in np.flatnonzero((items < 0).any(axis=1)):
            free = np.flatnonzero(~out[row] & ~np.isin(np.arange(self.n_items), items[row]))
            luck = self.streams.uniform("fill", tick, self._visitors[row : row + 1], free)
            places = np.flatnonzero(items[row] < 0)[: len(free)]
            items[row, places] = free[np.argsort(-luck, kind="stable")[: len(places)]]
            sources[row, places] = REASON["fill"]
        return items, sources

    def _kept_from(self, tick: int) -> BoolArray:
        """(visitors, items) what is in no list of theirs: what they have rated, and what is withheld from them."""
        out: BoolArray = self.log.rated[self._visitors]
        barred = Barred(self.scenario.at(tick).withheld, self.n_items).of(self._visitors)
        row, place = np.nonzero(barred >= 0)
        out[row, barred[row, place]] = True
        return out

    def observe(self, tick: int, slates: Slates) -> Sequence[Observations]:
        """What visitors see: their list, what they make of each item, and the mean rating printed beside it.

        ``hunch`` is what they expect to think of it, ``opinion`` what they will think once they have it.
        """
        self._reading = True
        if not len(self._visitors):
            return []
        now = self.scenario.at(tick).customers
        items = self._slates
        held = np.maximum(items, 0)
        truth = self.stock.opinions.of(self._visitors, held)
        rows = self._visitors[:, None]
        hunch = truth + now.sight * self.streams.normal("sight", 0, rows, held)
        felt = truth + now.noise * self.streams.normal("feeling", 0, rows, held)
        printed, counts = self.log.printed()
        features = {
            "hunch": steady(hunch, 6),
            "opinion": steady(felt, 6),
            "printed": printed[held],
            "count": counts[held].astype(np.float64),
        }
        n = len(self._visitors)
        traits = {"crowd": np.full(n, now.crowd), "reviews": np.full(n, now.reviews)}
        return [
            Observations(
                tick,
                "customers",
                "shop",
                self._visitors,
                now.takes,
                items,
                traits,
                features,
                held.astype(np.uint64),
                text=self.title,
            )
        ]

    # ---- apply -------------------------------------------------------------------------------------------------

    def apply(self, tick: int, actions: Sequence[Actions]) -> Events:
        """Ratings go into the log, and reviews on the shelf."""
        done = Actions.concat(actions)
        return self._sell(tick, done) if self._reading else self._shill(tick, done)

    def _shill(self, tick: int, actions: Actions) -> Events:
        accounts = range(self.n_customers, self.n_customers + self.n_shills)
        silent, actions = feed_judge.unanswered(actions, accounts)
        reason, slot = objections(actions, accounts, self.log.scale, self.log.rated, None, self.n_items)
        self._shilled = int((reason == 0).sum()), int((reason > 0).sum())
        return Events.concat([silent, self._taken(tick, actions, reason, slot)])

    def _sell(self, tick: int, actions: Actions) -> Events:
        customers = range(self.n_customers)
        silent, actions = feed_judge.unanswered(actions, customers)
        lists = dict(zip(self._visitors.tolist(), self._slates, strict=True))
        limit = self.scenario.at(tick).customers.takes
        fresh = ~self.log.rated[self._visitors][:, self.stock.targets]
        reason, slot = objections(actions, customers, self.log.scale, self.log.rated, lists, limit)
        taken = self._taken(tick, actions, reason, slot)
        printed, counts = self.log.printed()
        self.view = ShopView(
            tick=tick,
            scale=self.log.scale,
            n_customers=self.n_customers,
            n_shills=self.n_shills,
            active=np.isin(np.arange(self.n_shills) + self.n_customers, self.log.users),
            targets=self.stock.targets,
            visitors=self._visitors,
            shown=self._slates,
            without=self._without,
            fresh=fresh,
            opinions=self._thought(self._slates),
            opinions_without=self._thought(self._without),
            ratings=actions.value[reason == 0],
            shill_ratings=self._shilled[0],
            refused=self._shilled[1] + int((reason > 0).sum()),
            printed=printed,
            counts=counts,
            suspicion=self._suspicion,
            trust=self.trust,
            moderated=self.scenario.moderator.name != "none",
            removed=self._removed(),
        )
        return Events.concat([self._exposures(), silent, taken])

    def _removed(self) -> tuple[float, float]:
        """Share of the reviews by shills, and by customers, that were removed; NaN where there are none."""
        gone = np.array([self.log.gone[review.row] for review in self.reviews], np.float64)
        shills = np.array([review.author >= self.n_customers for review in self.reviews], bool)
        return mean(gone[shills]), mean(gone[~shills])

    def _thought(self, items: IntArray) -> FloatArray:
        opinions = self.stock.opinions.of(self._visitors, items)
        return np.where(items >= 0, opinions, np.nan)

    def _taken(self, tick: int, actions: Actions, reason: IntArray, slot: IntArray) -> Events:
        """One event per action in their order, then the reviews among them."""
        good = reason == 0
        value = np.clip(np.nan_to_num(actions.value), -1e6, 1e6)  # a mind may claim anything
        made = Events.of("rate", actions.agent, actions.item, value=value, rank=slot, why=reason)
        kind = np.where(good, made.kind, KIND["refused"]).astype(np.int8)
        made = Events(made.agent, kind, made.item, made.value, made.rank, made.ref, made.why)
        texts = np.array([printable(text) for text in actions.text[good]], object)
        agents, items = actions.agent[good], actions.item[good]
        self.log.add(tick, agents, items, actions.value[good].astype(np.float64), texts)
        written = np.flatnonzero(texts != "")
        first = self.n_items + len(self.reviews)
        start = len(self.log.users) - len(texts)
        for row in written.tolist():
            self.reviews.append(Review(int(agents[row]), int(items[row]), tick, texts[row], start + row))
        ids = np.arange(first, first + len(written))
        return Events.concat([made, Events.of("post", agents[written], ids, ref=items[written])])

    def _exposures(self) -> Events:
        if not self.scenario.record.exposures:
            return Events.concat([])
        row, rank = np.nonzero(self._slates >= 0)
        agent, item, why = self._visitors[row], self._slates[row, rank], self._sources[row, rank]
        return Events.of("shown", agent, item, value=self._scores.of(agent, item, why), rank=rank, why=why)

    # ---- state -------------------------------------------------------------------------------------------------

    def snapshot(self) -> Mapping[str, NDArray[Any]]:
        """Nothing lies anywhere."""
        return {}

    def state(self) -> Mapping[str, NDArray[np.generic]]:
        """Everything needed to go on."""
        return {**self.log.state(), "seen": np.array(self.seen), "waiting": self.waiting}

    def load(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Take up where ``state`` was taken."""
        self.log.load(state)
        self.seen, self.waiting = int(state["seen"]), state["waiting"].astype(np.int64)
        written = np.flatnonzero((self.log.ticks >= 0) & (self.log.texts != "")).tolist()
        log = self.log
        self.reviews = [
            Review(int(log.users[row]), int(log.items[row]), int(log.ticks[row]), log.texts[row], row)
            for row in written
        ]
