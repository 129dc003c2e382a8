"""Metrics of one target among candidates: exact over ties."""

from itertools import permutations

import ir_measures
import numpy as np
import pytest
from ir_measures import RR, R, nDCG

from townsquare.evaluate.ranking import metrics


def test_chance_is_exact() -> None:
    found = metrics(np.zeros((3, 10)), np.array([0, 4, 9]))
    expected = {"ndcg@1": 0.1000, "ndcg@5": 0.2948, "ndcg@10": 0.4544, "mrr": 0.2929, "recall@5": 0.5}
    for name, value in expected.items():
        assert found[name] == pytest.approx([value] * 3, abs=5e-5)


def test_agrees_with_a_library() -> None:
    rng = np.random.default_rng(0)
    scores, target = rng.permuted(np.tile(np.arange(10.0), (50, 1)), axis=1), rng.integers(0, 10, 50)
    found = metrics(scores, target)
    qrels = [ir_measures.Qrel(f"{u}", f"{t}", 1) for u, t in enumerate(target)]
    run = [ir_measures.ScoredDoc(f"{u}", f"{i}", s) for u, row in enumerate(scores) for i, s in enumerate(row)]
    measures = {nDCG @ 1: "ndcg@1", nDCG @ 5: "ndcg@5", nDCG @ 10: "ndcg@10", R @ 5: "recall@5", RR: "mrr"}
    for one in ir_measures.iter_calc(list(measures), qrels, run):
        assert found[measures[one.measure]][int(one.query_id)] == pytest.approx(one.value)


def test_ties_count_as_expected_over_all_ways_to_break_them() -> None:
    scores, target = np.array([[2.0, 1.0, 1.0, 1.0 + 1e-12, -np.inf, -np.inf]]), np.array([1])
    broken = []
    for order in permutations(range(6)):
        jittered = np.where(np.isinf(scores), -9.0, np.round(scores, 9)) + 1e-6 * np.array(order)
        broken.append({name: value[0] for name, value in metrics(jittered, target).items()})
    for name, value in metrics(scores, target).items():
        assert value[0] == pytest.approx(np.mean([one[name] for one in broken]))


def test_no_answer_is_worth_less_than_chance() -> None:
    found = metrics(np.array([[np.nan] * 10, [0.0] * 10]), np.array([3, 3]))
    assert all(value[0] == 0 < value[1] for value in found.values())
