import numpy as np

from townsquare.protocols import Interactions
from townsquare.sim.recommenders.occurring import Occurring


def test_ids_are_renumbered_without_gaps():
    history = Interactions(
        np.array([7, 2, 7, 7]), np.array([900_000, 5, 5, 900_000]), np.ones(4), np.zeros(4), 10, 1_000_000
    )
    found = Occurring.of(history)
    assert found.users.tolist() == [2, 7]
    assert found.items.tolist() == [5, 900_000]
    assert found.matrix.toarray().tolist() == [[1, 0], [1, 1]]
    assert found.rows(np.array([7, 3, 2, 99])).tolist() == [1, -1, 0, -1]
    assert found.columns(np.array([0, 5, 2_000_000])).tolist() == [-1, 0, -1]
    assert [mask.tolist() for mask in found.known(np.array([7]), np.array([6]))] == [[True], [False]]


def test_nothing_occurs():
    none = np.zeros(0, int)
    found = Occurring.of(Interactions(none, none, none, none, 4, 4))
    assert found.matrix.shape == (0, 0)
    assert found.rows(np.arange(4)).tolist() == [-1] * 4
