"""The people who browse: real ones of the data, with traits and tastes of their own histories."""

from collections.abc import Sequence

import numpy as np

from townsquare.agents.histories import traits
from townsquare.evaluate.histories import Histories, Split
from townsquare.evaluate.recommenders_settings import RecommendersSettings
from townsquare.evaluate.tastes import Tastes
from townsquare.protocols import DataError, IntArray, Streams


class Audience:
    """Drawn once; the same for all recommenders and seeds.

    Traits and tastes come from everything in the data, and are the same however many people are drawn.
    """

    def __init__(self, histories: Histories, settings: RecommendersSettings, seed: int) -> None:
        self.histories, self.settings = histories, settings
        streams = Streams(seed)
        able = np.flatnonzero(self.split(seed).able(settings.least))
        if len(able) < 2:
            raise DataError(
                f"{histories.name}: {len(able)} people have {settings.least} interactions to learn from and one that "
                "is held out; at least 2 have to browse."
            )
        # a number for each person, so that more agents are the same ones and some others
        order = np.argsort(streams.uniform("agents", 0, able, np.zeros(len(able), np.int64)), kind="stable")
        self.agents: IntArray = np.sort(able[order[: settings.agents]])
        self.tastes = Tastes.of(histories, settings.taste_rank, streams)
        everybody = traits(
            histories.users,
            histories.items,
            len(histories.user_ids),
            ratings=histories.stars(),
            genres=histories.genres,
            vectors=self.tastes.goods,
        )
        self.traits = everybody.of(self.agents)

    def split(self, seed: int) -> Split:
        """What is known and what is held out."""
        return self.histories.split(self.settings.split, self.settings.held_out, Streams(seed))

    def remarks(self) -> list[str]:
        """What to know about the agents, one sentence each."""
        found = []
        if len(self.agents) < self.settings.agents:
            found.append(f"{len(self.agents)} people of the data can browse; {self.settings.agents} were wanted.")
        if self.histories.ratings is None:
            found.append(
                "Nobody rates in these data: conformity is how popular a person's items are, quality likewise."
            )
        if self.histories.genres is None:
            found.append("Items have no genres: diversity is how far apart a person's items lie.")
        return found


class Past:
    """Titles of what somebody took to among what recommenders know: the latest, or any where nobody knows when."""

    def __init__(self, split: Split, texts: Sequence[str], count: int, streams: Streams) -> None:
        whole, rows = split.of, split.known
        luck = streams.uniform("past", 0, whole.users[rows], whole.items[rows])
        when = luck if whole.times is None else whole.times[rows]
        rows = rows[np.lexsort((luck, when, whole.users[rows]))]
        self._items, self._texts, self._count = whole.items[rows], texts, count
        self._starts = np.searchsorted(whole.users[rows], np.arange(len(whole.user_ids) + 1))

    def __call__(self, agent: int) -> Sequence[str]:
        """The last ``count`` of them, the latest at the end."""
        items = self._items[self._starts[agent] : self._starts[agent + 1]]
        return [self._texts[item] for item in items[-self._count :]]
