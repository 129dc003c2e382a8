"""The page-by-page environment, with browsers that do as they are told."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from tests.evaluate.histories_of import write_tables
from townsquare.agents.browsers.page import CONTENT, STAYS, TIRED, Page, Reaction
from townsquare.agents.histories import Traits
from townsquare.evaluate.browsing import REASONS, Visits, browse
from townsquare.evaluate.history_files import read
from townsquare.evaluate.tastes import Tastes
from townsquare.protocols import InputError, IntArray, Streams


@dataclass
class Told:
    """Views the first item of every page, rates it 5, and leaves by agent and page as told; -1 is no answer."""

    leaves: dict[tuple[int, int], int]
    seen: list[Page] = field(default_factory=list)

    async def browse(self, page: Page) -> Reaction:
        self.seen.append(page)
        viewed = np.zeros(page.items.shape, bool)
        viewed[:, 0] = True
        said = np.array([self.leaves.get((int(agent), page.number), STAYS) for agent in page.agents])
        return Reaction(viewed, np.where(viewed, 5.0, np.nan), np.maximum(said, 0), said >= 0)


@pytest.fixture
def tastes(tmp_path: Path) -> Tastes:
    return Tastes.of(read(write_tables(tmp_path))[0], 4, Streams(0))


async def visit(items: IntArray, tastes: Tastes, told: Told, **options: int) -> Visits:
    n = len(items)
    of = {"page_size": 2, "like": 4, **options}
    return await browse(items, np.arange(n) * 3, Traits(*(np.full(n, 0.5) for _ in range(3))), tastes, told, **of)


async def test_everybody_leaves_in_their_own_time(tastes: Tastes) -> None:
    items = np.tile(np.arange(6), (5, 1))
    items[3, 2:] = -1
    told = Told({(0, 1): TIRED, (3, 2): CONTENT, (12, 2): -1})
    found = await visit(items, tastes, told)
    assert [page.agents.tolist() for page in told.seen] == [[0, 3, 6, 9, 12], [3, 6, 12], [6]]
    assert [page.items[0].tolist() for page in told.seen] == [[0, 1], [2, 3], [4, 5]]
    assert found.exit_page.tolist() == [1, 2, 3, 1, 2]
    assert [REASONS[why] for why in found.reason] == ["tired", "content", "last page", "nothing more", "no answer"]
    assert told.seen[2].viewed.tolist() == [2]
    assert told.seen[2].likes.tolist() == [2]
    assert np.array_equal(told.seen[1].match, tastes.match(np.array([3, 6, 12]), items[[1, 2, 4], 2:4]))
    assert np.array_equal(told.seen[1].quality, tastes.quality[items[[1, 2, 4], 2:4]])


async def test_measures(tastes: Tastes) -> None:
    items = np.tile(np.arange(6), (5, 1))
    items[3, 1:] = -1
    items[4] = -1
    told = Told({(0, 1): TIRED, (3, 2): CONTENT, (6, 2): -1})
    found = (await visit(items, tastes, told)).measures()
    nan = np.nan
    for name, expected in {
        "viewed": [0.5, 0.5, nan, 1.0, 0.0],
        "likes": [1, 2, nan, 1, 0],
        "like_ratio": [1, 1, nan, 1, 0],
        "exit_page": [1, 2, nan, 1, 0],
        "content": [0, 1, nan, 0, 0],
        "satisfaction": [10, 10, nan, 10, 1],
    }.items():
        assert np.array_equal(found[name], expected, equal_nan=True), name
    strict = (await visit(items, tastes, told, like=6)).measures()
    assert np.nansum(strict["likes"]) == 0


def test_satisfaction_is_by_page() -> None:
    viewed = np.array([[True, True, False, False], [True, False, True, False]])
    ratings = np.where(viewed, np.array([[5, 3, 0, 0], [2, 0, 4, 0]]), np.nan)
    found = Visits(np.ones((2, 4), int), 2, viewed, ratings, np.array([2, 2]), np.zeros(2, int), 4)
    # pages worth .75 and nothing; .25 and .75
    assert found.measures()["satisfaction"] == pytest.approx([1 + 9 * 0.375, 1 + 9 * 0.5])
    assert found.measures()["viewed"] == pytest.approx([0.5, 0.5])
    assert found.measures()["likes"].tolist() == [1, 1]


async def test_told_after_every_page_and_whole_pages_only(tastes: Tastes) -> None:
    items, turned = np.tile(np.arange(4), (2, 1)), list[int]()
    none = Traits(*(np.full(2, 0.5) for _ in range(3)))
    await browse(items, np.arange(2), none, tastes, Told({}), page_size=2, like=4, turned=turned.append)
    assert turned == [1, 2]
    with pytest.raises(InputError, match="lists of 4 items do not make whole pages of 3"):
        await visit(items, tastes, Told({}), page_size=3)
