"""Every draw is a function of the seed and its own name, and nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare, kstest, norm

from townsquare.protocols import Streams

IDS = st.lists(st.integers(0, 2**40), min_size=1, max_size=12, unique=True)


def test_golden_values() -> None:
    """Another algorithm makes every recorded run irreproducible: it may only come with a new run-folder format."""
    streams = Streams(7)
    rows, keys = np.array([0, 1, 2**31]), np.array([0, 3, 2**40 + 5], np.uint64)
    assert streams.uniform("click", 4, rows, keys).tolist() == [
        0.8689445578512383, 0.7293137614270062, 0.8703722669253391,
    ]  # fmt: skip
    assert streams.get("order", 3).integers(0, 2**62, 3).tolist() == [
        3217769831512407439, 1642584772920743477, 3450447842692404134,
    ]  # fmt: skip


def test_uniform_is_uniform_over_rows_columns_and_ticks() -> None:
    for draws in (
        Streams(1).uniform("a", 0, np.arange(300)[:, None], np.arange(100)[None, :]).ravel(),
        Streams(1).uniform("a", 0, np.arange(20_000), np.zeros(1, np.int64)),
        Streams(1).uniform("a", 0, np.zeros(1, np.int64), np.arange(20_000) << 12),
        np.array([Streams(1).uniform("a", t, np.array([5]), np.array([9]))[0] for t in range(2_000)]),
        np.array([Streams(s).uniform("a", 0, np.array([5]), np.array([9]))[0] for s in range(2_000)]),
    ):
        assert draws.min() > 0
        assert draws.max() < 1
        assert kstest(draws, "uniform").pvalue > 0.001


def test_neighbours_are_uncorrelated() -> None:
    table = Streams(3).uniform("a", 2, np.arange(400)[:, None], np.arange(400)[None, :])
    for one, other in ((table[:-1], table[1:]), (table[:, :-1], table[:, 1:]), (table, table.T)):
        away = one is not table
        a, b = (
            (one.ravel(), other.ravel()) if away else (table[np.triu_indices(400, 1)], table.T[np.triu_indices(400, 1)])
        )
        assert abs(np.corrcoef(a, b)[0, 1]) < 4 / np.sqrt(len(a))
    next_tick = Streams(3).uniform("a", 3, np.arange(400)[:, None], np.arange(400)[None, :])
    assert abs(np.corrcoef(table.ravel(), next_tick.ravel())[0, 1]) < 4 / 400


@given(IDS, IDS, st.integers(0, 1000))
def test_a_number_does_not_depend_on_who_else_is_asked_for(rows: list[int], columns: list[int], tick: int) -> None:
    streams = Streams(11)
    r, c = np.array(rows), np.array(columns)
    table = streams.uniform("draw", tick, r[:, None], c[None, :])
    backwards = streams.uniform("draw", tick, r[::-1, None], c[None, ::-1])
    assert (backwards[::-1, ::-1] == table).all()
    for i in range(len(rows)):
        for j in range(len(columns)):
            assert streams.uniform("draw", tick, r[i : i + 1], c[j : j + 1])[0] == table[i, j]
    more = streams.uniform("draw", tick, np.append(r, 2**41)[:, None], c[None, :])
    assert (more[:-1] == table).all()


@given(st.integers(0, 2**20), st.integers(0, 2**20))
def test_rows_and_columns_are_not_interchangeable(a: int, b: int) -> None:
    streams = Streams(0)
    there, back = (streams.uniform("x", 0, np.array([p]), np.array([q]))[0] for p, q in ((a, b), (b, a)))
    assert (there == back) == (a == b)


NAMES = [
    ("a", "bc"),
    ("ab", "c"),
    ("abc",),
    ("a", "b", "c"),
    (1,),
    ("1",),
    (1, "a"),
    ("1", "a"),
    ("a", 1),
    ("a,", "bc"),
]


def test_names_are_kept_apart() -> None:
    firsts = [Streams(0).get(*name).integers(2**62) for name in NAMES]
    assert len(set(firsts)) == len(NAMES)
    others = [Streams(1).get(*name).integers(2**62) for name in NAMES]
    assert not set(firsts) & set(others)


def test_a_generator_is_fresh_every_time_and_nobody_elses() -> None:
    streams = Streams(0)
    first = streams.get("a").random(5)
    streams.get("b").random(100)
    assert (streams.get("a").random(5) == first).all()
    assert (Streams(0).get("a").random(5) == first).all()


def test_name_and_tick_change_the_number() -> None:
    streams, one = Streams(0), np.zeros(1, np.int64)
    numbers = {streams.uniform(name, tick, one, one)[0] for name in ("a", "b") for tick in (0, 1, 2)}
    assert len(numbers) == 6


def test_shapes_broadcast_and_may_be_empty() -> None:
    streams = Streams(0)
    assert streams.uniform("a", 0, np.arange(3)[:, None], np.arange(4)[None, :]).shape == (3, 4)
    assert streams.uniform("a", 0, np.arange(0)[:, None], np.arange(4)[None, :]).shape == (0, 4)


def test_arguments_stay_as_they_were() -> None:
    rows, keys = np.arange(4, dtype=np.uint64), np.arange(4, dtype=np.uint64)
    Streams(0).uniform("a", 0, rows, keys)
    assert rows.tolist() == keys.tolist() == [0, 1, 2, 3]


def test_normal_is_normal() -> None:
    draws = Streams(2).normal("a", 0, np.arange(200)[:, None], np.arange(100)[None, :]).ravel()
    assert kstest(draws, norm.cdf).pvalue > 0.001


def test_gumbel_follows_from_the_uniform_number() -> None:
    rows, columns = np.arange(3)[:, None], np.arange(5)[None, :]
    uniform = Streams(2).uniform("a", 1, rows, columns)
    assert Streams(2).gumbel("a", 1, rows, columns) == pytest.approx(-np.log(-np.log(uniform)), rel=0, abs=0)


def test_gumbel_top_k_draws_without_replacement_in_proportion_to_the_weights() -> None:
    weights = np.array([1.0, 2.0, 3.0, 4.0])
    n = 40_000
    noise = Streams(5).gumbel("draw", 0, np.arange(n)[:, None], np.arange(4)[None, :])
    order = np.argsort(-(np.log(weights) + noise), axis=1)
    first = np.bincount(order[:, 0], minlength=4)
    assert chisquare(first, n * weights / 10).pvalue > 0.001
    # the second draw given the first: Plackett-Luce, here after item 3 with weight 4 is gone
    second = np.bincount(order[order[:, 0] == 3, 1], minlength=4)[:3]
    assert chisquare(second, second.sum() * weights[:3] / 6).pvalue > 0.001
