"""What measures look at: one finished tick of a news town."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.streams import Streams


@dataclass(slots=True)
class TickView:
    """One tick, after everything in it has happened. Measures change nothing but ``memory.means``.

    "In the window" means the articles of the last ``window`` ticks and the new ones of this tick; totals are those
    the articles have gathered since they appeared, as in the published code.
    """

    tick: int
    articles: Any
    """The article table: ``articles["quality"]`` and so on are (n,) columns by article id."""
    active: IntArray
    new: IntArray
    n_readers: int
    n_creators: int
    shown: IntArray
    """(readers, places) article ids, -1 in empty places."""
    sources: IntArray
    """(readers, places) where each came from."""
    match: FloatArray
    """(readers, places) cosine of reader and article."""
    clicked: Any
    """agent, item, slot of every click."""
    liked: Any
    """agent, item, slot of every like."""
    is_liked: NDArray[np.bool_]
    """(clicks,) whether the click became a like."""
    quality_part: FloatArray
    """(clicks,) quality's share of the utility."""
    match_part: FloatArray
    """(clicks,) the match's share of the utility."""
    before: FloatArray
    """(readers, d) positions before the tick."""
    readers: FloatArray
    """(readers, d) positions after it."""
    trained_readers: NDArray[np.bool_]
    """(readers,) whether the recommender learnt anything about the reader: "in the loop"."""
    trained_articles: int
    memory: Any
    """The lists, clicks and likes of the last ticks, and ``means``: where each reader's lay in the tick before."""
    streams: Streams
    rumours: Any = None
    """What is false, reviewed and removed, by article id (``RumourFeed``); None in a town without rumours."""
    _incidence: dict[str, csr_array] = field(default_factory=dict)

    @property
    def window(self) -> IntArray:
        """Ids of the articles in the window, the new ones included."""
        return np.concatenate([self.active, self.new])

    def touched(self, kind: str) -> tuple[IntArray, IntArray, IntArray]:
        """Reader, article and place of every exposure, click or like of this tick."""
        if kind == "exposure":
            reader, slot = np.nonzero(self.shown >= 0)
            return reader, self.shown[reader, slot], slot
        rows = self.clicked if kind == "click" else self.liked
        return rows.agent, rows.item, rows.slot

    def incidence(self, kind: str) -> csr_array:
        """(readers, articles in the window) 1 where a reader was shown, clicked or liked an article this tick."""
        if kind not in self._incidence:
            window = self.window
            reader, item, _ = self.touched(kind)
            shape = (self.n_readers, len(window))
            column = item - window[0] if len(window) else item
            self._incidence[kind] = csr_array((np.ones(len(reader)), (reader, column)), shape=shape)
        return self._incidence[kind]

    def gathered(self, kind: str, readers: IntArray) -> csr_array:
        """(len(readers), articles in the window) 1 where a reader was ever shown, clicked or liked an article."""
        window, n = self.window, len(self.window)
        row_of = np.full(self.n_readers, -1)
        row_of[readers] = np.arange(len(readers))
        rows, items = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for shown in self.memory.shown.values() if kind == "exposure" else ():
            rows.append(np.repeat(np.arange(len(readers)), shown.shape[1]))
            items.append(shown[readers].ravel())
        for who, what in {"click": self.memory.clicks, "like": self.memory.likes}.get(kind, {}).values():
            rows.append(row_of[who])
            items.append(what)
        row, column = np.concatenate(rows), np.concatenate(items) - (window[0] if n else 0)
        here = (row >= 0) & (column >= 0) & (column < n)
        sets = csr_array((np.ones(int(here.sum())), (row[here], column[here])), shape=(len(readers), n))
        sets.sum_duplicates()
        sets.data[:] = 1.0
        return sets

    def total(self, kind: str) -> FloatArray:
        """(window,) exposures, clicks or likes that each article in the window has gathered."""
        name = {"exposure": "shown", "click": "clicks", "like": "likes"}[kind]
        return np.asarray(self.articles[name][self.window], np.float64)


KINDS = ("exposure", "click", "like")


def mean(values: FloatArray) -> float:
    """The mean; NaN for nothing at all, without a warning."""
    return float(np.mean(values)) if len(values) else float("nan")


def weighted_mean(values: FloatArray, weights: FloatArray) -> float:
    """The mean by weight; NaN when all weights are 0."""
    total = float(np.sum(weights))
    return float(np.sum(values * weights) / total) if total > 0 else float("nan")
