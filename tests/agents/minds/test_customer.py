"""Customers without a language model."""

import asyncio

import numpy as np
import pytest

from townsquare.agents.minds.customer import Customer
from townsquare.protocols import Observations, Scale, Streams

STARS = Scale(1.0, 5.0, 4.0)


def seen(hunch, *, opinion=None, printed=None, crowd=0.0, reviews=0.0, limit=1, tick=0, items=None):
    hunch = np.asarray(hunch, float)
    n, k = hunch.shape
    items = np.tile(np.arange(k), (n, 1)) if items is None else items
    features = {"hunch": hunch, "opinion": hunch if opinion is None else opinion, "printed": np.zeros((n, k))}
    if printed is not None:
        features["printed"] = np.asarray(printed, float)
    traits = {"crowd": np.full(n, crowd), "reviews": np.full(n, reviews)}
    keys = np.maximum(items, 0).astype(np.uint64)
    return Observations(tick, "customers", "shop", np.arange(n), limit, items, traits, features, keys)


def decided(of, temperature=0.25, write=None):
    def words(agents, items, values):
        return np.array([f"{a} on {i}: {v:g}" for a, i, v in zip(agents, items, values, strict=True)], object)

    mind = Customer(Customer.Config(temperature=temperature), Streams(3), STARS, write or words)
    return asyncio.run(mind.decide(of))


def test_the_most_appealing_is_taken_and_rated_as_it_is_found():
    done = decided(seen([[1.0, 5.0, 2.0]], opinion=np.array([[5.0, 2.4, 5.0]])), temperature=1e-3)
    assert (done.item.tolist(), done.value.tolist()) == ([1], [2.0])


def test_the_crowd_counts_as_much_as_it_should():
    view = seen([[1.0, 5.0]], printed=[[5.0, 1.0]], crowd=0.9)
    assert decided(view, temperature=1e-3).item.tolist() == [0]


def test_at_most_the_limit_and_nothing_from_empty_places():
    view = seen([[1.0, 2.0, 3.0]], items=np.array([[4, 7, -1]]), limit=3)
    assert sorted(decided(view).item.tolist()) == [4, 7]


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 0, 0), (0.5, 60, 140), (1.0, 200, 200)])
def test_some_ratings_come_with_a_review(share, least, most):
    done = decided(seen(np.ones((200, 1)), reviews=share))
    written = [text for text in done.text if text]
    assert least <= len(written) <= most
    assert all(text.endswith(": 1") for text in written)


def test_choices_follow_the_softmax():
    view = seen(np.tile([0.0, 0.25 * np.log(3)], (4000, 1)))
    assert abs((decided(view).item == 1).mean() - 0.75) < 0.03
