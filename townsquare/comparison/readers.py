"""What each reader of a run got and did, summed tick by tick so that a run of any length fits into memory."""

import numpy as np

from townsquare.comparison.debaters import is_trial, per_person
from townsquare.comparison.moderated_members import members_of
from townsquare.protocols.columns import BoolArray, FloatArray, IntArray
from townsquare.protocols.events import KIND, REASONS, Events
from townsquare.protocols.runfolder import RunFolder

Values = dict[str, FloatArray]
"""One value per reader, NaN where a reader has none."""
SHOWN_FROM = "shown_from_"
"""Before a source: the share of what a reader was shown that came from it. None of them where no exposures are kept."""
READER_MEASURES = frozenset({"likes_per_user", "clicks_per_user"})
"""Names that measures of the whole town use too, for the same number."""


def readers(run: RunFolder) -> IntArray:
    """Ids of those who read, buy or debate: the group ``users``, ``customers``, ``members`` or ``people``, or whoever
    is no creator.
    """
    agents = run.agents()
    group = agents["group"].to_numpy()
    named = next((name for name in ("users", "customers", "members", "people") if (group == name).any()), None)
    chosen = group != "creators" if named is None else group == named
    return np.sort(agents["agent"].to_numpy()[chosen])


def per_reader(run: RunFolder, ticks: range) -> Values:
    """The measures of docs/compare-and-sweep.md, one value per reader in the order of ``readers``."""
    ids = readers(run)
    if is_trial(run):
        return per_person(run, ids, ticks)
    tally, members = _Tally(run, int(ids.max(initial=-1)) + 1), members_of(run)
    for tick in range(ticks.start) if tally.opinions is not None else ():
        events = run.tick_events(tick)
        tally.opine(events)
        if members is not None:
            members.add(tick, events)
    tally.begin()
    if members is not None:
        members.tally.begin()
    for tick in ticks:
        events = run.tick_events(tick)
        tally.add(events)
        if members is not None:
            members.add(tick, events)
    found = tally.values(len(ticks)) | ({} if members is None else members.values())
    return {name: values[ids] for name, values in found.items()}


class _Tally:
    """Running sums per agent id below ``size``."""

    def __init__(self, run: RunFolder, size: int) -> None:
        items = run.items()
        known = int(items["item"].max()) + 1 if len(items) else 0
        # one place more than there are items, for whatever is none of them
        self.quality = np.full(known + 1, np.nan)
        self.author = np.full(known + 1, -1, np.int64)
        if known:
            self.quality[items["item"]] = items["quality"]
            self.author[items["item"]] = items["author"]
        self.n_authors = int(self.author.max(initial=-1)) + 1
        self.size = size
        self.count = {kind: np.zeros(size) for kind in ("shown", "click", "like")}
        self.quality_sum = {kind: np.zeros(size) for kind in self.count}
        self.sources = np.zeros((size, len(REASONS)))
        self.rank, self.utility = np.zeros(size), np.zeros(size)
        self.ratings, self.rating_sum = np.zeros(size), np.zeros(size)
        self.read: list[IntArray] = []
        self.opinions = _opinions(run, size)
        self.began, self.travelled = self.opinions, np.zeros(size)

    def begin(self) -> None:
        """Opinions as they are now are those that the ticks compared begin with."""
        if self.opinions is not None:
            self.began, self.travelled = self.opinions.copy(), np.zeros(self.size)

    def opine(self, events: Events) -> None:
        """The opinions of one tick, in the order in which they were formed."""
        assert self.opinions is not None
        rows = events.where((events.kind == KIND["opinion"]) & (events.agent >= 0) & (events.agent < self.size))
        order = np.argsort(rows.agent, kind="stable")
        agent, value = rows.agent[order].astype(np.int64), rows.value[order].astype(np.float64)
        fresh = np.concatenate([[True], agent[1:] != agent[:-1]]) if len(agent) else np.zeros(0, bool)
        before = np.where(fresh, self.opinions[agent], np.roll(value, 1))
        self.travelled += np.bincount(agent, np.abs(value - before), minlength=self.size)
        last = np.concatenate([fresh[1:], [True]]) if len(agent) else fresh
        self.opinions[agent[last]] = value[last]

    def add(self, events: Events) -> None:
        """One tick."""
        if self.opinions is not None:
            self.opine(events)
        inside = (events.agent >= 0) & (events.agent < self.size)
        for kind in self.count:
            rows = np.flatnonzero(inside & (events.kind == KIND[kind]))
            agent, item = events.agent[rows].astype(np.int64), events.item[rows]
            item = np.where((item >= 0) & (item < len(self.quality)), item, -1)
            self.count[kind] += np.bincount(agent, minlength=self.size)
            self.quality_sum[kind] += np.bincount(agent, self.quality[item], minlength=self.size)
            if kind == "shown":
                cell = agent * len(REASONS) + events.why[rows]
                self.sources += np.bincount(cell, minlength=self.sources.size).reshape(self.sources.shape)
            if kind == "click":
                self.rank += np.bincount(agent, events.rank[rows], minlength=self.size)
                self.utility += np.bincount(agent, events.value[rows], minlength=self.size)
                author = self.author[item]
                pair = agent * max(self.n_authors, 1) + author
                self.read.append(np.unique(pair[author >= 0]))

        rows = np.flatnonzero(inside & (events.kind == KIND["rate"]))
        self.ratings += np.bincount(events.agent[rows], minlength=self.size)
        self.rating_sum += np.bincount(events.agent[rows], events.value[rows], minlength=self.size)

    def values(self, n_ticks: int) -> Values:
        """What the sums come to."""
        shown, clicks, likes = (self.count[kind] for kind in ("shown", "click", "like"))
        pairs = np.unique(np.concatenate(self.read)) if self.read else np.zeros(0, np.int64)
        authors = np.bincount(pairs // max(self.n_authors, 1), minlength=self.size)
        found: Values = {}
        silent = self.ratings.any() or self.opinions is not None  # in a shop and on a network nobody does either
        if clicks.any() or likes.any() or not silent:
            found = {
                "likes_per_user": likes / n_ticks,
                "clicks_per_user": clicks / n_ticks,
                "likes_per_click": _ratio(likes, clicks),
                "rank_of_clicks": _ratio(self.rank, clicks),
                "utility_of_clicks": _ratio(self.utility, clicks),
                "quality_of_likes": _ratio(self.quality_sum["like"], likes),
                "quality_of_clicks": _ratio(self.quality_sum["click"], clicks),
                "quality_of_shown": _ratio(self.quality_sum["shown"], shown),
                "creators_read": authors.astype(np.float64),
            }
        if self.ratings.any():
            found |= {
                "ratings_per_user": self.ratings / n_ticks,
                "rating_of_taken": _ratio(self.rating_sum, self.ratings),
            }
        if self.opinions is not None and self.began is not None:
            found |= {
                "opinion_at_end": np.round(self.opinions, 5),
                "opinion_moved": np.round(self.opinions - self.began, 5),
                "opinion_travelled": np.round(self.travelled, 5),
            }
        used: BoolArray = self.sources.sum(axis=0) > 0
        for code in np.flatnonzero(used[1:]) + 1:
            found[SHOWN_FROM + REASONS[code]] = _ratio(self.sources[:, code], shown)
        return found


def _opinions(run: RunFolder, size: int) -> FloatArray | None:
    """(size,) what readers think before the first tick; None in a town whose readers have no opinion on record."""
    agents = run.agents()
    if "opinion" not in agents:
        return None
    found = np.full(size, np.nan)
    here = agents["agent"].to_numpy() < size
    found[agents["agent"].to_numpy()[here]] = np.round(agents["opinion"].to_numpy(np.float64)[here], 5)
    return found


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    """``part / whole``, NaN where there is nothing."""
    ratio: FloatArray = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return ratio
