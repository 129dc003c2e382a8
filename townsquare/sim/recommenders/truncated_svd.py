"""The leading singular vectors of a sparse matrix, quickly and nearly."""

import numpy as np
from scipy.sparse import csr_array

from townsquare.protocols import FloatArray

_EXTRA = 8  # columns beyond those wanted; they absorb the error of the last ones
_POWERS = 3


def truncated_svd(matrix: csr_array, rank: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Left vectors (n, r), singular values (r,), right vectors (m, r) with r = min(rank, n, m).

    Randomised subspace iteration (Halko, Martinsson and Tropp 2011, algorithm 4.4): a few products with the matrix
    instead of ARPACK's hundreds, for uses that only need a good start.
    """
    n_rows, n_columns = matrix.shape
    wanted = min(rank, n_rows, n_columns)
    if not wanted:
        return np.zeros((n_rows, 0)), np.zeros(0), np.zeros((n_columns, 0))
    basis = rng.standard_normal((n_columns, min(rank + _EXTRA, n_columns)), np.float32)
    for _ in range(_POWERS):
        basis = np.linalg.qr(matrix.T @ (matrix @ basis))[0]
    left, values, mixing = np.linalg.svd(matrix @ basis, full_matrices=False)
    return left[:, :wanted], values[:wanted], (basis @ mixing.T)[:, :wanted]
