import numpy as np
import pytest
from scipy.sparse import csr_array

from townsquare.sim.recommenders.truncated_svd import truncated_svd


def low_rank():
    rng = np.random.default_rng(0)
    return (rng.normal(size=(60, 5)) * [9, 7, 5, 3, 1]) @ rng.normal(size=(5, 40))


def test_leading_part_of_a_low_rank_matrix():
    matrix = low_rank()
    left, values, right = truncated_svd(csr_array(matrix), 5, np.random.default_rng(1))
    assert values == pytest.approx(np.linalg.svd(matrix)[1][:5], rel=1e-4)
    assert (left * values) @ right.T == pytest.approx(matrix, abs=1e-3)


@pytest.mark.parametrize(("shape", "rank", "found"), [((3, 5), 9, 3), ((5, 2), 9, 2), ((0, 0), 4, 0), ((4, 4), 0, 0)])
def test_rank_is_what_there_is(shape, rank, found):
    left, values, right = truncated_svd(csr_array(np.ones(shape)), rank, np.random.default_rng(1))
    assert (left.shape, values.shape, right.shape) == ((shape[0], found), (found,), (shape[1], found))
