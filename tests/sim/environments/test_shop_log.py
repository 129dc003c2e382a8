"""The log of a shop: what grows, what is printed, and what a checkpoint holds."""

import numpy as np

from townsquare.protocols import Interactions, Scale
from townsquare.sim.environments.shop_log import PAST, ShopLog


def past(**more):
    rows = {"users": [0, 1, 1], "items": [2, 0, 2], "values": [5.0, 1.0, 4.0]}
    columns = [np.array(rows[name]) for name in ("users", "items", "values")]
    return Interactions(*columns, np.zeros(3, np.int32), 2, 4, Scale(1, 5, 4), **more)


def texts(*words):
    return np.array(words, object)


def added():
    log = ShopLog(past(), 3)
    log.add(0, np.array([2, 0]), np.array([1, 1]), np.array([5.0, 3.0]), texts("très bon", ""))
    log.add(4, np.array([2]), np.array([3]), np.array([2.0]), texts("never again"))
    return log


def test_the_past_comes_before_the_first_tick():
    log = ShopLog(past(), 3)
    assert log.ticks.tolist() == [PAST] * 3
    assert log.rated.sum() == 3
    assert log.rated[0, 2]


def test_what_is_added_lies_behind():
    log = added()
    assert log.users.tolist() == [0, 1, 1, 2, 0, 2]
    assert log.ticks.tolist() == [PAST] * 3 + [0, 0, 4]
    assert log.rated[2].tolist() == [False, True, False, True]


def test_interactions_know_all_accounts_and_the_scale():
    log = added()
    seen = log.interactions(log.ticks < 4)
    assert (seen.n_users, seen.n_items, len(seen)) == (3, 4, 5)
    assert seen.scale == Scale(1, 5, 4)
    assert seen.texts is not None
    assert seen.texts.tolist() == ["", "", "", "très bon", ""]


def test_without_a_word_there_are_no_texts():
    log = ShopLog(past(), 2)
    assert log.interactions(log.ticks < 0).texts is None


def test_printed_means_are_drawn_to_the_mean_of_all():
    log = ShopLog(past(), 2)
    means, counts = log.printed()
    mean = 10 / 3
    assert counts.tolist() == [1, 0, 2, 0]
    assert np.allclose(means, [(1 + 5 * mean) / 6, mean, (9 + 5 * mean) / 7, mean])


def test_a_state_holds_everything_since_the_start():
    log, again = added(), ShopLog(past(), 3)
    again.load({name: np.array(column) for name, column in log.state().items()})
    for name in ("users", "items", "values", "ticks", "rated"):
        assert np.array_equal(getattr(again, name), getattr(log, name)), name
    assert again.texts.tolist() == log.texts.tolist()


def test_a_state_of_nothing():
    again = ShopLog(past(), 3)
    again.load(ShopLog(past(), 3).state())
    assert len(again.users) == 3
