"""Creators: equation 1 of SimuLine by hand, by brute force, and over many draws."""

import asyncio

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare, kstest

from townsquare.agents.minds.creator import Creator, pick
from townsquare.protocols import Observations, Streams


def softmax(own: list[int], likes: list[float], concentration: float, everything: list[int]) -> np.ndarray:
    """softmax(concentration * likes if own else 0) over all that goes round, the slow way."""
    held = dict(zip(own, likes, strict=True))
    logits = np.array([concentration * held.get(item, 0.0) for item in everything])
    weights = np.exp(logits - logits.max())
    return weights / weights.sum()


def probabilities(
    own: list[int], likes: list[float], concentration: float, everything: list[int], n: int
) -> np.ndarray:
    """How often each is picked when the one draw runs evenly through (0, 1)."""
    draws = ((np.arange(n) + 0.5) / n)[None, :]
    padded = np.array([[*own, -1, -1]])
    chosen = pick(draws, padded, np.array([[*likes, 0, 0]]), np.array([concentration]), np.array(everything))
    assert set(chosen.ravel().tolist()) <= set(everything)
    return np.array([(chosen == item).sum() for item in everything]) / n


@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=12, unique=True).map(sorted), st.data(), st.floats(0.01, 1.0),
)  # fmt: skip
def test_two_stages_are_one_softmax(everything: list[int], data: st.DataObject, concentration: float) -> None:
    """Exactly: every article owns an interval as long as its probability, to within the two ends of the grid."""
    own = data.draw(st.lists(st.sampled_from(everything), unique=True, max_size=5))
    likes = data.draw(st.lists(st.integers(0, 12), min_size=len(own), max_size=len(own)))
    n = 4000
    wanted = softmax(own, [float(x) for x in likes], concentration, everything)
    assert probabilities(own, [float(x) for x in likes], concentration, everything, n) == pytest.approx(
        wanted, abs=2 / n
    )


def test_without_likes_all_that_goes_round_is_equally_likely() -> None:
    """Own and others' alike (5 creators, 4 own articles each, 40,000 draws)."""
    everything = np.arange(100, 120)
    own = everything.reshape(5, 4)
    draws = Streams(3).uniform("create", 1, np.arange(5)[:, None], np.arange(8000)[None, :])
    picked = pick(draws, own, np.zeros((5, 4)), np.full(5, 0.5), everything)
    for creator in range(5):
        counts = np.bincount(picked[creator] - 100, minlength=20)
        assert chisquare(counts).pvalue > 0.001
    assert chisquare(np.bincount(picked.ravel() - 100, minlength=20)).pvalue > 0.001


def test_with_likes_the_frequencies_are_those_of_the_softmax() -> None:
    everything = np.arange(10)
    likes = [3.0, 1.0]
    draws = Streams(4).uniform("create", 1, np.zeros((1, 1), int), np.arange(40_000)[None, :])
    picked = pick(draws, np.array([[2, 7]]), np.array([likes]), np.array([0.7]), everything)
    wanted = softmax([2, 7], likes, 0.7, list(range(10)))
    # by hand: e^2.1 = 8.166, e^0.7 = 2.014, eight others of weight 1
    assert wanted[2] == pytest.approx(8.16617 / (8.16617 + 2.01375 + 8), abs=1e-5)
    assert chisquare(np.bincount(picked.ravel(), minlength=10), 40_000 * wanted).pvalue > 0.001


@pytest.mark.parametrize("likes", [50.0, 1e4, 1e8, 1e300])
def test_a_hit_is_followed_without_overflow(likes: float) -> None:
    draws = (np.arange(1000) + 0.5)[None, :] / 1000
    picked = pick(draws, np.array([[3, 5, -1]]), np.array([[0.0, likes, 0.0]]), np.array([1.0]), np.arange(1000))
    assert (picked == 5).all()


def test_two_hits_share() -> None:
    draws = (np.arange(1000) + 0.5)[None, :] / 1000
    picked = pick(draws, np.array([[3, 5]]), np.array([[1e6, 1e6]]), np.array([1.0]), np.arange(9))
    assert np.bincount(picked.ravel(), minlength=9).tolist() == [0, 0, 0, 500, 0, 500, 0, 0, 0]


def test_whoever_owns_nothing_or_everything() -> None:
    draws = (np.arange(1000) + 0.5)[None, :] / 1000
    everything = np.array([4, 8])
    for own in (np.zeros((1, 0), int), np.full((1, 3), -1), np.array([[4, 8]])):
        picked = pick(draws, own, np.zeros(own.shape), np.ones(1), everything)
        assert [(picked == i).sum() for i in (4, 8)] == [500, 500]


def test_extreme_draws_stay_inside() -> None:
    draws = np.array([[2.0**-54, 1 - 2.0**-53]])
    for likes in (0.0, 1.0, 1e5):
        picked = pick(draws, np.array([[1, -1]]), np.array([[likes, 0]]), np.ones(1), np.arange(4))
        assert set(picked.ravel().tolist()) <= {0, 1, 2, 3}


# ---- the mind ------------------------------------------------------------------------------------------------------


def seen(tick: int, agents: list[int], elsewhere: list[int], likes: float = 0.0, spread: float = 0.0) -> Observations:
    n, width = len(agents), 50
    own = np.array([[elsewhere[a % len(elsewhere)]] for a in agents]) if elsewhere else np.zeros((n, 0), int)
    return Observations(
        tick, "creators", "create", np.array(agents), 3, own,
        traits={"home": np.arange(n)[:, None] * np.ones(width), "concentration": np.full(n, 0.5),
                "spread": np.full(n, spread)},
        features={"likes": np.full(own.shape, likes), "content": np.array(elsewhere)[:, None] * np.ones(width)},
        elsewhere=np.array(elsewhere, int),
    )  # fmt: skip


def decide(what: Observations, seed: int = 0):
    return asyncio.run(Creator(Creator.Config(), Streams(seed)).decide(what))


def test_the_first_articles_lie_round_home() -> None:
    posts = decide(seen(0, [10, 11, 12], []))
    assert posts.agent.tolist() == [10] * 3 + [11] * 3 + [12] * 3
    assert posts.item.tolist() == [-1] * 9
    assert (posts.vector == np.repeat([0, 1, 2], 3)[:, None]).all()


def test_an_article_lies_round_what_inspired_it() -> None:
    posts = decide(seen(1, [10, 11], [5, 6, 9], likes=1e5))
    assert posts.item.tolist() == [6] * 3 + [9] * 3
    assert (posts.vector == np.repeat([6, 9], 3)[:, None]).all()


def test_the_spread_is_a_standard_deviation() -> None:
    posts = decide(seen(1, list(range(100)), [3], spread=0.25))
    noise = ((posts.vector - 3) / 0.25).ravel()
    assert len(np.unique(noise)) == len(noise) == 100 * 3 * 50
    assert kstest(noise, "norm").pvalue > 0.001


def test_one_more_creator_leaves_the_others_alone() -> None:
    few, many = (decide(seen(1, agents, [3, 4, 8], spread=0.1)) for agents in ([10, 12], [10, 11, 12]))
    theirs = np.isin(many.agent, [10, 12])
    assert few.item.tolist() == many.item[theirs].tolist()
    assert (few.vector == many.vector[theirs]).all()


def test_luck_is_drawn_anew_each_tick() -> None:
    agents = list(range(40))
    first, second = (decide(seen(t, agents, list(range(30)), spread=0.1)) for t in (1, 2))
    assert first.item.tolist() != second.item.tolist()
    assert first.item.tolist() == decide(seen(1, agents, list(range(30)), spread=0.1)).item.tolist()
    assert first.item.tolist() != decide(seen(1, agents, list(range(30)), spread=0.1), seed=1).item.tolist()
