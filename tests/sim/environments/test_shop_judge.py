"""Which ratings a shop takes."""

import numpy as np
import pytest

from townsquare.protocols import Actions, Scale
from townsquare.protocols.events import REASONS
from townsquare.sim.environments.shop_judge import objections

STARS = Scale(1.0, 5.0, 4.0)


def judged(rows, *, lists=None, limit=10, rated=()):
    agents, items, values = (np.array(column) for column in zip(*rows, strict=True))
    done = np.zeros((4, 6), bool)
    for agent, item in rated:
        done[agent, item] = True
    actions = Actions.of("rate", agents, items, value=values.astype(float))
    reason, slot = objections(actions, range(3), STARS, done, lists, limit)
    return [REASONS[code] for code in reason], slot.tolist()


def test_a_rating_is_taken_once():
    assert judged([(0, 1, 5), (0, 1, 4), (1, 1, 3)])[0] == ["", "twice", ""]


def test_nor_what_was_rated_before():
    assert judged([(0, 1, 5)], rated=[(0, 1)])[0] == ["twice"]


@pytest.mark.parametrize("value", [0, 6, 2.5, np.nan, np.inf, -np.inf])
def test_only_what_is_on_the_scale(value):
    assert judged([(0, 1, value)])[0] == ["not allowed"]


def test_half_stars_where_there_are_some():
    actions = Actions.of("rate", np.array([0]), np.array([1]), value=2.5)
    reason, _ = objections(actions, range(3), Scale(0.5, 4, 3, 0.5), np.zeros((4, 6), bool), None, 3)
    assert reason.tolist() == [0]


@pytest.mark.parametrize("item", [-1, 6, 10**6])
def test_only_items_that_are_there(item):
    assert judged([(0, item, 5)])[0] == ["unknown item"]


@pytest.mark.parametrize("agent", [-1, 3, 99])
def test_only_accounts_whose_turn_it_is(agent):
    assert judged([(agent, 1, 5)])[0] == ["not allowed"]


def test_nothing_but_ratings():
    actions = Actions.of("like", np.array([0]), np.array([1]))
    assert objections(actions, range(3), STARS, np.zeros((4, 6), bool), None, 3)[0].tolist() == [
        REASONS.index("not allowed")
    ]


def test_customers_rate_what_they_were_shown():
    lists = {0: np.array([4, 1, -1])}
    why, slots = judged([(0, 1, 5), (0, 2, 5), (1, 1, 5)], lists=lists)
    assert why == ["", "not shown", "not shown"]
    assert slots == [1, -1, -1]


def test_and_no_more_than_they_may():
    assert judged([(0, i, 5) for i in range(4)], limit=2)[0] == ["", "", "over the limit", "over the limit"]
