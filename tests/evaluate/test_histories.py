"""What is known and what is held out."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.evaluate.histories_of import write_tables
from townsquare.evaluate.histories import Histories
from townsquare.evaluate.history_files import read
from townsquare.protocols import DataError, Streams


def small(**changes: object) -> Histories:
    users = np.array([0, 0, 0, 0, 0, 1, 1, 2])
    items = np.array([4, 3, 2, 1, 0, 0, 1, 2])
    plain = Histories(
        "small", users, items, np.ones(8, bool), None, None, None, ("a", "b", "c"), tuple("vwxyz"), None, None
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def pairs(histories: Histories, rows: np.ndarray) -> set[tuple[int, int]]:
    return set(zip(histories.users[rows].tolist(), histories.items[rows].tolist(), strict=True))


def test_everybody_gives_up_a_share_and_at_least_one() -> None:
    split = small().split("random", 0.4, Streams(0))
    held = np.bincount(small().users[split.held], minlength=3)
    assert held.tolist() == [2, 1, 0]  # whoever has one keeps it
    assert pairs(small(), split.known) | pairs(small(), split.held) == pairs(small(), np.arange(8))
    assert not pairs(small(), split.known) & pairs(small(), split.held)
    assert split.able(1).tolist() == [True, True, False]
    assert split.able(2).tolist() == [True, False, False]
    assert split.relevant().toarray().sum() == 3


def test_nobodys_split_hangs_on_anybody_else() -> None:
    whole, streams = small(), Streams(5)
    alone = replace(whole, **{name: getattr(whole, name)[:5] for name in ("users", "items", "positive")})
    one, all_of_them = (h.split("random", 0.4, streams) for h in (alone, whole))
    assert pairs(alone, one.held) == {pair for pair in pairs(whole, all_of_them.held) if pair[0] == 0}
    others = [pairs(whole, whole.split("random", 0.4, Streams(seed)).held) for seed in range(6)]
    assert any(other != others[0] for other in others)


def test_the_latest_are_held_out() -> None:
    times = np.array([9.0, 1.0, 8.0, 2.0, 3.0, 1.0, 2.0, 0.0])
    split = small(times=times).split("time", 0.4, Streams(0))
    assert pairs(small(), split.held) == {(0, 4), (0, 2), (1, 1)}
    known = split.interactions()
    assert known.items.tolist() == [2, 3, 0, 1, 0]  # oldest first, of the same time as in the file
    assert known.ticks.tolist() == [0, 1, 1, 2, 3]
    with pytest.raises(DataError, match="small has no timestamps"):
        small().split("time", 0.4, Streams(0))


def test_bad_ratings_are_neither_learnt_from_nor_held_out(tmp_path: Path) -> None:
    histories, _ = read(write_tables(tmp_path, rated=True), threshold=4)
    split = histories.split("random", 0.2, Streams(0))
    assert histories.ratings is not None
    assert set(histories.ratings[np.concatenate([split.known, split.held])]) == {5.0}
    assert len(split.known) + len(split.held) == 60 * 12
    assert len(histories.users) == 60 * 16


def test_stars() -> None:
    assert small().stars() is None
    ratings = np.array([0.5, 5.0, 2.75, 5, 5, 5, 5, 5])
    stars = small(ratings=ratings).stars()
    assert stars is not None
    assert stars[:3].tolist() == [1.0, 5.0, 3.0]
    level = small(ratings=np.full(8, 7.0)).stars()
    assert level is not None
    assert set(level) == {5.0}
