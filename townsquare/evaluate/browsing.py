"""The page-by-page environment: people before a recommender's pages, until they leave."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from townsquare.agents.browsers.page import CONTENT, STAYS, TIRED, WORST, Browser, Page
from townsquare.agents.histories import Traits
from townsquare.evaluate.tastes import Tastes
from townsquare.protocols import BoolArray, FloatArray, InputError, IntArray

REASONS = ("tired", "content", "last page", "nothing more", "no answer")
"""Why people left; positions in it are what ``Visits.reason`` holds."""
_TIRED, _CONTENT, _LAST, _NOTHING, _SILENT = range(len(REASONS))
_OF = {TIRED: _TIRED, CONTENT: _CONTENT}


@dataclass(frozen=True, slots=True)
class Visits:
    """What came of one recommender's pages, a row per agent."""

    items: IntArray
    """(n, pages * page_size) what the recommender had for each; -1 in empty places."""
    page_size: int
    viewed: BoolArray
    """(n, pages * page_size)"""
    ratings: FloatArray
    """(n, pages * page_size) 1 to 5; nan where nothing was viewed."""
    exit_page: IntArray
    """(n,) the last page seen, from 1; 0 where there was none."""
    reason: IntArray
    """(n,) why it was the last."""
    like: int
    """Rating from which an item is liked."""

    def measures(self) -> dict[str, FloatArray]:
        """(n,) per agent; all nan for those without a valid answer.

        * ``viewed``: share of the items shown that was viewed; 0 where none was shown.
        * ``likes``: items rated ``like`` or better.
        * ``like_ratio``: likes / viewed; 0 where nothing was viewed.
        * ``exit_page``: pages seen. Somebody may leave late because the pages are good, or because nothing was found.
        * ``content``: 1 for those who left because they had found enough, else 0.
        * ``satisfaction``: 1 to 10, 1 + 9 times the mean over pages of the page's mean of (rating - 1) / 4 over what
          was viewed on it, 0 for a page on which nothing was viewed; 1 for somebody who was shown nothing. Ours;
          Agent4Rec asks its agents for a number from 1 to 10 when they leave.
        """
        n, width = self.items.shape
        seen = np.arange(width) < (self.exit_page * self.page_size)[:, None]
        shown = (seen & (self.items >= 0)).sum(axis=1)
        viewed = self.viewed.sum(axis=1)
        likes = (self.ratings >= self.like).sum(axis=1)
        by_page = (n, width // self.page_size, self.page_size)
        looks = self.viewed.reshape(by_page).sum(axis=2)
        worth = np.where(self.viewed, (self.ratings - WORST) / 4.0, 0.0).reshape(by_page).sum(axis=2)
        pleasure = (worth / np.maximum(looks, 1)).sum(axis=1) / np.maximum(self.exit_page, 1)
        found = {
            "viewed": viewed / np.maximum(shown, 1),
            "likes": likes,
            "like_ratio": likes / np.maximum(viewed, 1),
            "exit_page": self.exit_page,
            "content": self.reason == _CONTENT,
            "satisfaction": 1.0 + 9.0 * pleasure,
        }
        silent = self.reason == _SILENT
        return {name: np.where(silent, np.nan, values.astype(np.float64)) for name, values in found.items()}

    @property
    def answered(self) -> float:
        """Share of agents with a valid answer on every page."""
        return float(np.mean(self.reason != _SILENT))


async def browse(
    items: IntArray,
    agents: IntArray,
    traits: Traits,
    tastes: Tastes,
    browser: Browser,
    *,
    page_size: int,
    like: int,
    workers: int = 1,
    turned: Callable[[int], None] | None = None,
) -> Visits:
    """Every agent goes through its list of ``items`` page by page until it leaves.

    Args:
        items: (n, pages * page_size) ranked once, before the first page: what is liked on the way teaches nobody.
        agents: (n,) people of the data.
        traits: theirs, n rows.
        tastes: what they make of items.
        browser: the mind.
        page_size: items on a page.
        like: rating from which an item is liked.
        workers: threads; they change nothing in the outcome.
        turned: told the number of each page after it, and may stop the evaluation by raising.

    A page on which a recommender has nothing for somebody ends their visit, and is not counted.
    """
    n, width = items.shape
    if width % page_size:
        raise InputError(f"page_size: lists of {width} items do not make whole pages of {page_size}.")
    match, own = tastes.match(agents, items, workers), tastes.own(agents, items)
    quality = np.where(items >= 0, tastes.quality[items], np.nan)
    viewed, ratings = np.zeros(items.shape, bool), np.full(items.shape, np.nan)
    exit_page, reason = np.zeros(n, np.int64), np.full(n, _LAST)
    here = np.arange(n)
    for number in range(1, width // page_size + 1):
        part = slice((number - 1) * page_size, number * page_size)
        there = (items[here, part] >= 0).any(axis=1)
        reason[here[~there]] = _NOTHING
        here = here[there]
        if not len(here):
            break
        fits, good, given = (column[here, part] for column in (match, quality, own))
        looks, likes = viewed[here].sum(axis=1), (ratings[here] >= like).sum(axis=1)
        page = Page(number, agents[here], items[here, part], traits.of(here), fits, good, given, looks, likes)
        reaction = await browser.browse(page)
        viewed[here, part], ratings[here, part] = reaction.viewed, reaction.ratings
        exit_page[here] = number
        reason[here[~reaction.answered]] = _SILENT
        for leaves, why in _OF.items():
            reason[here[reaction.answered & (reaction.leaves == leaves)]] = why
        here = here[reaction.answered & (reaction.leaves == STAYS)]
        if turned is not None:
            turned(number)
    return Visits(items, page_size, viewed, ratings, exit_page, reason, like)
