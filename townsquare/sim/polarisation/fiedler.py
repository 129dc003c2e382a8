"""Two sides that nobody has named: the cut that the ties themselves suggest."""

import warnings

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import eigsh, lobpcg

from townsquare.protocols import FloatArray, InputError, IntArray, Streams, steady
from townsquare.sim.polarisation.ties import Ties

_DENSE = 300
_DIRECT = 2000


def fiedler_sides(ties: Ties) -> IntArray:
    """(n,) 0 or 1: the sign of the Fiedler vector (Fiedler 1973).

    That is the eigenvector of the second smallest eigenvalue of the Laplacian (degrees less adjacency). Its own sign
    means nothing; it is turned so that node 0 is on side 0, or else the first node that is not at 0 exactly; nodes at
    0 are on side 0. Where the second eigenvalue is a double one (a cycle, a complete graph), the cut is one of many.

    The ties must be of one connected part (``Ties.largest``). Up to 300 nodes the decomposition is dense, up to 2,000
    by inverse iteration, beyond that by LOBPCG.

    Raises:
        InputError: fewer than two nodes, or no vector found.
    """
    if ties.n < 2:
        raise InputError(f"a graph must have two nodes that are joined to be cut in two (got {ties.n}).")
    vector = steady(_vector(ties), 7)
    first = np.flatnonzero(vector)
    if not len(first):
        raise InputError("the Fiedler vector of this graph is zero, so it suggests no cut: give the sides.")
    return (vector * -np.sign(vector[first[0]]) > 0).astype(np.int8)


def _vector(ties: Ties) -> FloatArray:
    adjacency, degrees = ties.adjacency(), ties.degrees().astype(np.float64)
    laplacian = sp.csc_array(sp.diags_array(degrees) - adjacency)
    n = ties.n
    if n <= _DENSE:
        vector: FloatArray = np.linalg.eigh(laplacian.toarray())[1][:, 1]
        return vector
    # the start is part of the answer's last bits, so it is always the same
    start = Streams(0).get("polarisation", "fiedler").standard_normal(n)
    if n <= _DIRECT:
        values, vectors = eigsh(laplacian, k=2, sigma=-1e-3, which="LM", v0=start)
        return np.asarray(vectors[:, np.argsort(values)[1]])
    return _iterated(laplacian, start)


def _iterated(laplacian: sp.csc_array, start: FloatArray) -> FloatArray:
    n = len(start)
    ones = np.ones((n, 1)) / np.sqrt(n)
    jacobi = sp.diags_array(1.0 / laplacian.diagonal())
    guess = start[:, None] - ones * (ones[:, 0] @ start)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whether it has converged is looked at here
        value, found = lobpcg(laplacian, guess, M=jacobi, Y=ones, tol=1e-7, maxiter=3000, largest=False)
    rest = laplacian @ found[:, 0] - value[0] * found[:, 0]
    if np.linalg.norm(rest) > 1e-2 * float(value[0]):
        raise InputError(f"no Fiedler vector was found for this graph of {n:,} nodes: give the sides.")
    return np.asarray(found[:, 0])
