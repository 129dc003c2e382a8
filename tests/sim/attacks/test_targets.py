"""Which items are attacked."""

from dataclasses import replace

import numpy as np
import pytest

from townsquare.protocols import InputError, Interactions, Scale
from townsquare.sim.attacks.targets import RULES, choose_targets

COUNTS = [60, 55, 20, 20, 20, 8, 5, 3, 1, 0]


def log():
    items = np.repeat(np.arange(10), COUNTS)
    users = np.concatenate([np.arange(n) for n in COUNTS])
    values = np.where(np.isin(items, [2, 5, 6]), 2.0, 5.0)
    return Interactions(users, items, values, np.zeros(len(items)), 60, 10, Scale(1, 5, 4))


def chosen(rule, n=1, seed=0):
    return choose_targets(rule, n, log(), np.random.default_rng(seed)).tolist()


def test_unpopular_items_have_few_and_bad_ratings():
    assert chosen("unpopular", 2) == [2, 5]


def test_the_least_popular_fifth():
    assert {tuple(chosen("least-popular", seed=seed)) for seed in range(9)} == {(8,)}


def test_the_most_popular_are_not_drawn():
    assert chosen("popular", 2) == [0, 1]


def test_random_targets_have_been_rated():
    assert {item for seed in range(60) for item in chosen("random", 2, seed)} <= set(range(9))


def test_the_same_numbers_choose_the_same_targets():
    assert chosen("random", 3, 4) == chosen("random", 3, 4)


def test_given_items_are_taken_once_and_in_order():
    assert choose_targets([5, 3, 5], 1, log(), np.random.default_rng(0)).tolist() == [3, 5]


@pytest.mark.parametrize(
    ("wanted", "n", "says"),
    [
        ("unpopular", 3, "3 targets are wanted, and 2 items fit the rule 'unpopular'"),
        ("unpopulr", 1, "Did you mean 'unpopular'"),
        ([10], 1, "there is no item 10; they go from 0 to 9"),
        ([0], 1, "everybody has rated item 0"),
        ([], 1, "at least one target"),
    ],
)
def test_what_cannot_be_is_a_sentence(wanted, n, says):
    with pytest.raises(InputError, match=says.replace("?", r"\?")):
        choose_targets(wanted, n, log(), np.random.default_rng(0))


def test_likes_are_neither_good_nor_bad():
    with pytest.raises(InputError, match="name another rule"):
        choose_targets("unpopular", 1, replace(log(), scale=None), np.random.default_rng(0))


def test_all_rules_are_known():
    assert all(chosen(rule) for rule in RULES)
