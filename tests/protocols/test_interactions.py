"""What recommenders learn from."""

import numpy as np

from townsquare.protocols import Interactions


def test_matrix_is_binary_whatever_is_repeated_or_weighs_more() -> None:
    users, items = np.array([0, 2, 0, 0]), np.array([1, 0, 1, 3])
    likes = Interactions(users, items, np.array([1.0, 5.0, 1.0, 0.5]), np.arange(4), 3, 4)
    matrix = likes.matrix()
    assert matrix.toarray().tolist() == [[0, 1, 0, 1], [0, 0, 0, 0], [1, 0, 0, 0]]
    assert matrix.dtype == np.float32
    assert matrix.nnz == 3
    assert len(likes) == 4


def test_item_zero_and_user_zero_count() -> None:
    one = np.zeros(1, np.int32)
    assert Interactions(one, one, np.ones(1), one, 1, 1).matrix().toarray().tolist() == [[1.0]]


def test_nothing_has_happened_yet() -> None:
    none = np.zeros(0, np.int32)
    assert Interactions(none, none, np.zeros(0), none, 2, 3).matrix().toarray().tolist() == [[0.0] * 3] * 2
