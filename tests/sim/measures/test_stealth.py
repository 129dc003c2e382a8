"""How visible fakes are."""

import math

import numpy as np
import pytest

from tests.datafiles import data_file
from townsquare.protocols import Streams
from townsquare.protocols.interactions import Scale
from townsquare.sim.data.ratings import load
from townsquare.sim.measures.stealth import rating_distances, text_duplication

SCALE = Scale(1, 5, 4)


def _rows(*pairs):
    items, values = zip(*pairs, strict=True)
    return np.array(items), np.array(values, float)


def test_distances_of_one_item_by_hand():
    # fakes: all 5; genuine: half 5, half 1
    found = rating_distances(_rows((0, 5)), _rows((0, 5), (0, 1)), 2, SCALE)
    assert found["tvd"] == pytest.approx(0.5)
    assert found["js"] == pytest.approx((math.log(1 / 0.75) + 0.5 * math.log(0.5 / 0.75) + 0.5 * math.log(2)) / 2)


def test_the_same_ratings_are_no_distance_and_different_ones_the_largest():
    rows = _rows((0, 5), (0, 1), (1, 3))
    assert rating_distances(rows, rows, 2, SCALE) == {"tvd": 0.0, "js": 0.0}
    far = rating_distances(_rows((0, 5)), _rows((0, 1)), 1, SCALE)
    assert far == {"tvd": 1.0, "js": pytest.approx(math.log(2))}


def test_items_that_only_one_side_rated_do_not_count():
    found = rating_distances(_rows((0, 5), (1, 1)), _rows((0, 5), (2, 1)), 3, SCALE)
    assert found == {"tvd": 0.0, "js": 0.0}
    assert all(math.isnan(x) for x in rating_distances(_rows((0, 5)), _rows((1, 5)), 2, SCALE).values())


def test_half_steps_are_ratings_of_their_own():
    half = Scale(0.5, 4, 3, 0.5)
    assert rating_distances(_rows((0, 3.5)), _rows((0, 4.0)), 1, half)["tvd"] == 1.0


def test_published_distances_of_random_fillers_and_of_lowest_ones():
    """Measured for the dossier with the code of Leg-UP: random .694 / .386, segment .839 / .513."""
    log = load(data_file("ml-100k/u.data")).log
    rng = Streams(0).get("stealth")
    items = np.concatenate([rng.choice(log.n_items, 36, replace=False) for _ in range(50)])
    drawn = np.clip(np.rint(rng.normal(log.values.mean(), log.values.std(), len(items))), 1, 5)
    random = rating_distances((items, drawn), (log.items, log.values), log.n_items, SCALE)
    lowest = rating_distances((items, np.ones(len(items))), (log.items, log.values), log.n_items, SCALE)
    assert random == {"tvd": pytest.approx(0.694, abs=0.02), "js": pytest.approx(0.386, abs=0.015)}
    assert lowest == {"tvd": pytest.approx(0.839, abs=0.02), "js": pytest.approx(0.513, abs=0.015)}


def test_duplicated_texts_are_counted_however_they_are_written():
    same = ["A great film for the family.", "a GREAT film, for the family", "Dull and far too long by half an hour"]
    assert text_duplication(same) == pytest.approx(2 / 3)
    assert text_duplication(["nice", "", "nice", "poor"]) == pytest.approx(2 / 3)
    assert text_duplication(["all of this is new", "none of that was old"]) == 0.0
    assert math.isnan(text_duplication(["", " "]))
