"""Hidden tastes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtri

from tests.evaluate.histories_of import KINDS, write_tables
from townsquare.evaluate.history_files import read
from townsquare.evaluate.tastes import Tastes
from townsquare.protocols import Streams


def kinds(ids: tuple[str, ...]) -> np.ndarray:
    return np.array([int(name[1:]) % len(KINDS) for name in ids])


def test_the_own_kind_matches(tmp_path: Path) -> None:
    histories, _ = read(write_tables(tmp_path))
    tastes = Tastes.of(histories, 8, Streams(0))
    n_users, n_items = len(histories.user_ids), len(histories.item_ids)
    everything = np.tile(np.arange(n_items), (n_users, 1))
    match = tastes.match(np.arange(n_users), everything)
    own = kinds(histories.item_ids)[None] == (np.arange(n_users) % len(KINDS))[:, None]
    untaken = np.ones(match.shape, bool)
    untaken[histories.users, histories.items] = False
    # items nobody told them to like, of their kind and of others
    assert match[own & untaken].mean() > match[~own & untaken].mean() + 0.5
    best = ndtri(1.0 - 0.5 / n_items)
    assert np.allclose(match[histories.users, histories.items], best)
    assert match[untaken].max() <= best
    assert np.isnan(tastes.own(np.arange(n_users), everything)).all()


def test_a_match_hangs_on_person_and_item_alone(tmp_path: Path) -> None:
    histories, _ = read(write_tables(tmp_path))
    tastes = Tastes.of(histories, 8, Streams(0))
    agents, items = np.arange(60), np.tile(np.arange(10), (60, 1))
    whole = tastes.match(agents, items)
    assert np.array_equal(whole, tastes.match(agents, items, workers=3))
    few = tastes.match(agents[[50, 3]], np.array([[9, -1], [0, 5]]))
    assert np.isnan(few[0, 1])
    assert few[~np.isnan(few)].tolist() == [whole[50, 9], whole[3, 0], whole[3, 5]]
    assert tastes.match(agents[:0], items[:0]).shape == (0, 10)


def test_ratings_are_known(tmp_path: Path) -> None:
    histories, _ = read(write_tables(tmp_path, rated=True), threshold=4)
    tastes = Tastes.of(histories, 8, Streams(0))
    own = tastes.own(histories.users[:5], histories.items[:5, None])
    stars = histories.stars()
    assert stars is not None
    assert own[:, 0].tolist() == stars[:5].tolist()
    assert set(stars) == {1.0, 5.0}
    assert np.isnan(tastes.own(np.array([0]), np.array([[-1]]))).all()
    assert np.isnan(tastes.own(histories.users[:1], np.array([[-1]]))).all()


def test_quality_is_what_others_think(tmp_path: Path) -> None:
    histories, _ = read(write_tables(tmp_path, rated=True))
    rated = Tastes.of(histories, 8, Streams(0)).quality
    means = np.bincount(histories.items, histories.ratings) / np.bincount(histories.items)
    assert np.corrcoef(rated, means)[0, 1] > 0.8
    unrated = Tastes.of(replace(histories, ratings=None), 8, Streams(0)).quality
    counts = np.bincount(histories.items)
    assert np.argmax(unrated) == np.argmax(counts)
    assert unrated[counts == counts.min()].max() == pytest.approx(unrated.min())
