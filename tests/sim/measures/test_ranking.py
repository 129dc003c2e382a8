import ir_measures
import numpy as np
import pytest
from ir_measures import RR, R, Success, nDCG
from scipy.sparse import csr_array

from townsquare.sim.measures.ranking import hits, ranking


def lists(seed=0, n_users=50, n_items=80, places=20):
    rng = np.random.default_rng(seed)
    items = np.stack([rng.permutation(n_items)[:places] for _ in range(n_users)])
    for row in items[::4]:
        row[rng.integers(places) :] = -1
    relevant = rng.random((n_users, n_items)) < rng.random((n_users, 1)) * 0.1
    relevant[3] = False
    return items, csr_array(relevant.astype(float))


@pytest.mark.parametrize("k", [1, 5, 20])
def test_agrees_with_ir_measures(k):
    items, relevant = lists()
    judged = np.flatnonzero(np.diff(relevant.indptr))
    qrels = [ir_measures.Qrel(str(u), str(i), 1) for u in judged for i in relevant[[u]].indices]
    run = [
        ir_measures.ScoredDoc(str(u), str(i), float(-place))
        for u in judged
        for place, i in enumerate(items[u])
        if i >= 0
    ]
    # a list that is all empty does not exist for ir_measures, and counts zero
    names = {f"recall@{k}": R @ k, f"ndcg@{k}": nDCG @ k, f"hr@{k}": Success @ k, f"mrr@{k}": RR @ k}
    oracle = ir_measures.calc_aggregate(names.values(), qrels, run)
    found = ranking(items, relevant, k)
    assert found == pytest.approx({name: oracle[measure] for name, measure in names.items()}, abs=1e-12)


def test_by_hand():
    relevant = csr_array(np.array([[0, 1, 1, 0], [0, 0, 0, 0], [1, 0, 0, 0]]))
    found = ranking(np.array([[3, 1], [0, 1], [-1, -1]]), relevant, 2)
    gain = 1 / np.log2(3)
    assert found == pytest.approx({"recall@2": 0.25, "ndcg@2": gain / (1 + gain) / 2, "hr@2": 0.5, "mrr@2": 0.25})


def test_empty_places_never_hit():
    everything = csr_array(np.ones((2, 3)))
    assert hits(np.array([[0, -1], [-1, -1]]), everything).tolist() == [[True, False], [False, False]]


def test_short_and_empty_slates():
    one = csr_array(np.ones((1, 3)))
    assert ranking(np.array([[0]]), one, 5)["recall@5"] == pytest.approx(1 / 3)
    assert set(ranking(np.zeros((1, 0), int), one, 5).values()) == {0.0}


def test_nobody_to_judge():
    assert all(np.isnan(value) for value in ranking(np.array([[0]]), csr_array((1, 3)), 5).values())
