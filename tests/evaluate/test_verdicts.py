"""Verdicts, offline measures, and how far the two agree."""

import json

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.stats import kendalltau

from townsquare.evaluate.verdicts import Verdict, _tau_b, agreements, differences, offline, verdict
from townsquare.protocols import FloatArray, Streams
from townsquare.sim.measures.ranking import ranking

NAMES = ("viewed", "likes", "like_ratio", "satisfaction", "ndcg@5", "recall@5")


def values(level: float, n: int = 200, noise: float = 1.0) -> dict[str, FloatArray]:
    """Agents who differ a lot from each other and, as ``level`` has it, a little from themselves."""
    rng = Streams(0).get("verdicts")
    people = rng.normal(0, 3, n)
    own = Streams(int(100 * level)).get("own")
    return {name: people + level + noise * own.normal(0, 1, n) for name in NAMES}


def made(name: str, level: float, noise: float = 1.0) -> Verdict:
    return verdict(name, values(level, noise=noise), values(0.0), 1.0)


def test_offline_averages_to_ranking() -> None:
    rng = Streams(1).get("offline")
    items = np.array([rng.permutation(30)[:8] for _ in range(40)])
    items[0, 3:] = -1
    relevant = csr_array((rng.random((40, 30)) < 0.1).astype(float))
    for k in (5, 8, 20):
        found, expected = offline(items, relevant, k), ranking(items, relevant, k)
        for name in (f"ndcg@{k}", f"recall@{k}"):
            assert np.nanmean(found[name]) == pytest.approx(expected[name])
            assert np.array_equal(np.isnan(found[name]), np.diff(relevant.indptr) == 0)


def test_tau_b_is_scipys() -> None:
    rng = Streams(2).get("tau")
    x, y = rng.integers(0, 4, (50, 6)).astype(float), rng.integers(0, 4, (50, 6)).astype(float)
    expected = [kendalltau(a, b).statistic for a, b in zip(x, y, strict=True)]
    assert np.allclose(_tau_b(x, y), expected, equal_nan=True)
    assert np.isnan(_tau_b(np.zeros((1, 4)), np.arange(4.0)[None])).all()


def test_identical_recommenders_do_not_differ() -> None:
    one, same = made("one", 1.0), made("same", 1.0)
    for row in differences(one, same):
        assert (row["difference"], row["low"], row["high"], row["p"]) == (0.0, 0.0, 0.0, 1.0)
        assert row["variance_removed"] == 1.0
        assert row["unpaired_low"] < 0 < row["unpaired_high"]


def test_pairing_narrows_the_interval() -> None:
    (row, *_) = differences(made("b", 0.5), made("a", 0.2))
    paired, loose = row["high"] - row["low"], row["unpaired_high"] - row["unpaired_low"]
    assert paired < 0.6 * loose
    assert row["variance_removed"] > 0.7
    assert row["low"] < row["difference"] < row["high"]
    assert (row["recommender"], row["against"], row["measure"]) == ("b", "a", "viewed")


def test_rows_are_plain_and_hang_on_nobody_else() -> None:
    one = made("one", 1.0)
    row = one.row()
    json.dumps(row, allow_nan=False)
    assert row["likes_low"] < row["likes"] < row["likes_high"]
    assert row["likes_p"] < 0.01
    assert row["agents"] == 200
    assert made("one", 1.0).row() == row


def test_those_without_an_answer_are_left_out() -> None:
    some = values(1.0)
    for column in some.values():
        column[:50] = np.nan
    found = verdict("some", some, values(0.0), 0.75)
    assert (found.row()["agents"], found.row()["answered"]) == (150, 0.75)
    assert found.against["likes"].n == 150
    json.dumps(found.row(), allow_nan=False)


def test_agreement_of_orders() -> None:
    verdicts = [made("random", 0.0, 0.1), made("a", 1.0, 0.1), made("b", 2.0, 0.1), made("c", 3.0, 0.1)]
    found = agreements(verdicts, 5)
    assert len(found) == 2 * 4 * 2
    assert {one.tau for one in found} == {1.0}
    assert {one.interval for one in found} == {(1.0, 1.0)}
    assert [one.recommenders for one in found] == [4] * 8 + [3] * 8
    turned = [Verdict(v.recommender, {**v.values, "likes": -v.values["likes"]}, {}, {}, 1.0) for v in verdicts]
    likes = [one for one in agreements(turned, 5) if one.browsed == "likes"]
    assert {one.tau for one in likes} == {-1.0}
    close = [made(name, level, 3.0) for name, level in (("random", 0.0), ("a", 0.1), ("b", 0.11), ("c", 0.12))]
    low, high = agreements(close, 5)[0].interval or (0, 0)
    assert low < high
    assert [one.control for one in agreements(verdicts[:2], 5)] == [True] * 8
    json.dumps([one.row() for one in agreements(verdicts[:2], 5)], allow_nan=False)
