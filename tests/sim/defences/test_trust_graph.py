import numpy as np
import pytest

from townsquare.protocols import DataError, Interactions, Scale
from townsquare.sim.defences.trust_graph import agreeing, read_graph


def log_of(table, scale=None):
    """A log from a (users, items) table of values, NaN for nothing."""
    users, items = np.nonzero(~np.isnan(table))
    values = table[users, items]
    return Interactions(users, items, values, np.arange(len(users)), *table.shape, scale)


def test_those_who_agree_more_than_by_chance_trust_each_other():
    """Two camps like opposite halves; nobody trusts across, and by chance (q = 1/2) half of ten items agree."""
    camp = np.where((np.arange(6)[:, None] < 3) == (np.arange(10) < 5), 5.0, 1.0)
    graph = agreeing(log_of(camp, Scale(1, 5, 4)), friends=5, common=3).toarray()
    assert (graph[:3, :3] > 0).sum() == (graph[3:, 3:] > 0).sum() == 6
    assert not graph[:3, 3:].any()
    assert not graph[3:, :3].any()
    assert graph[0, 1] == pytest.approx((10 - 5) / np.sqrt(10 * 0.25))


def test_what_everybody_likes_says_nothing():
    table = np.full((5, 10), 5.0)
    table[4] = 1.0
    weights = agreeing(log_of(table, Scale(1, 5, 4)), friends=5, common=3).toarray()
    few = agreeing(log_of(np.where(np.arange(10) < 2, table, np.nan), Scale(1, 5, 4)), friends=5, common=3)
    assert weights[0, 1] == pytest.approx((10 - 10 * 0.68) / np.sqrt(10 * 0.68 * 0.32), abs=1e-5)
    assert few.nnz == 0


def test_likes_are_enough():
    rng = np.random.default_rng(0)
    table = np.where(rng.random((30, 60)) < 0.2, 1.0, np.nan)
    table[10] = table[3]
    graph = agreeing(log_of(table), friends=1, common=3)
    assert graph[[3]].indices.tolist() == [10]
    assert graph[[10]].indices.tolist() == [3]


def test_only_the_best_friends_count():
    rng = np.random.default_rng(1)
    graph = agreeing(log_of(rng.integers(1, 6, (40, 30)).astype(float), Scale(1, 5, 4)), friends=4, common=3)
    assert np.diff(graph.indptr).max() == 4
    assert not graph.diagonal().any()


def test_a_table(tmp_path):
    path = tmp_path / "trust.csv"
    path.write_text("user,followed,weight\n0,1,2\n0,1,1\n1,2,-1\n2,2,5\n3,0,\n")
    graph = read_graph(path, 4)
    assert graph.nnz == 3
    assert (graph[0, 1], graph[1, 2], graph[3, 0]) == (3, -1, 1)
    path.write_text("user,followed\n0,1\n")
    assert read_graph(path, 4)[0, 1] == 1
    path.write_text("user,followed\n")
    assert read_graph(path, 4).nnz == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("user,follows\n0,1\n", "there is no column 'followed'; needed are user, followed"),
        ("user,followed\n0,1\n0,9\n", r"line 3: followed must be the number of a user, 0 to 3 \(got '9'\)"),
        ("user,followed\n-1,1\n", r"line 2: user must be the number of a user, 0 to 3 \(got '-1'\)"),
        ("user,followed\n0\n", r"line 2: followed must be .* \(got ''\)"),
        ("user,followed,weight\n0,1,much\n", r"line 2: weight must be a finite number \(got 'much'\)"),
        ("user,followed,weight\n0,1,inf\n", r"line 2: weight must be a finite number \(got 'inf'\)"),
    ],
)
def test_what_is_wrong_with_a_table(tmp_path, text, said):
    path = tmp_path / "trust.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=said):
        read_graph(path, 4)


def test_a_table_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read_graph(tmp_path / "none.csv", 4)
