import numpy as np
from scipy.sparse import csr_array

from townsquare.sim.recommenders.negatives import Negatives


def test_what_was_taken_to_is_never_drawn_and_the_rest_evenly():
    matrix = csr_array(np.array([[1, 1, 0, 0, 0], [0, 0, 0, 0, 1], [1, 1, 1, 1, 1]], np.float32))
    rng = np.random.default_rng(0)
    drawn = [np.stack(Negatives(matrix).draw(rng)) for _ in range(2000)]
    users, liked, passed = np.concatenate(drawn, axis=1)
    assert set(users.tolist()) == {0, 1}  # the last took to everything
    assert (matrix[users, liked] == 1).all()
    assert (matrix[users, passed] == 0).all()
    counts = np.bincount(passed[users == 0], minlength=5)
    assert counts[:2].tolist() == [0, 0]
    assert np.ptp(counts[2:]) < 200
