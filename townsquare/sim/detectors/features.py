"""Eleven numbers about each user that tell many fake profiles from genuine ones.

From Chirita, Nejdl and Zamfir (WIDM 2005), Burke, Mobasher, Williams and Bhaumik (KDD 2006) and Li et al. (DegreeSAD,
2015). N_u is how many items user u rated, r_ui a rating, c_i how many users rated item i, m_i its mean rating. Rows of
users who rated nothing are 0. Memory beyond the ratings is bounded: no table of all pairs of users is made.
"""

import numpy as np
from scipy.sparse import csr_array

from townsquare.protocols import BoolArray, FloatArray
from townsquare.sim.detectors.rated import Rated

FEATURES = ("RDMA", "WDMA", "WDA", "DegSim", "LengthVar", "MUD", "RUD", "QUD", "H", "FMTD", "MeanVar")
"""By column of ``features``.

RDMA = 1/N_u sum_i |r_ui - m_i| / c_i, rating deviation from mean agreement; WDMA, the same with c_i^2; WDA, the same as
RDMA without 1/N_u. DegSim: ``degree_of_similarity``. LengthVar = |N_u - mean N| / sum_v (N_v - mean N)^2.
MUD, RUD, QUD: ``popularity``. H, the entropy (nats) of the user's distribution of ratings.
FMTD = |mean of r_ui over the items that u rated best - mean of r_ui over the rest|, 0 without a rest. MeanVar, the mean
of (r_ui - m_i)^2 over that rest, the presumed fillers, 0 without one.
"""
_COMMON = 5  # with fewer common items nearly every pair agrees or disagrees perfectly, and DegSim says nothing
_CELLS = 4_000_000  # pairs of users that are looked at at once


def features(rated: Rated, neighbours: int = 25) -> FloatArray:
    """(n_users, 11) the columns of ``FEATURES``; ``neighbours`` is the k of DegSim."""
    n = rated.lengths()
    some = np.maximum(n, 1)
    raters = rated.raters()
    means = np.bincount(rated.items, rated.values, rated.n_items) / np.maximum(raters, 1)
    deviation = rated.values - means[rated.items]
    crowd = raters[rated.items].astype(np.float64)
    wda = rated.by_user(np.abs(deviation) / crowd)
    wdma = rated.by_user(np.abs(deviation) / crowd**2) / some
    there = n > 0
    off = n - (n[there].mean() if there.any() else 0.0)
    spread = float((off[there] ** 2).sum())
    length = np.abs(off) / spread if spread else np.zeros(rated.n_users)
    best = _is_best(rated)
    top, rest = rated.by_user(best * 1.0), rated.by_user(~best * 1.0)
    apart = rated.by_user(rated.values * best) / np.maximum(top, 1)
    apart = apart - rated.by_user(rated.values * ~best) / np.maximum(rest, 1)
    columns = [
        wda / some,
        wdma,
        wda,
        degree_of_similarity(rated, neighbours),
        length,
        *popularity(rated).T,
        _entropy(rated),
        np.where(rest > 0, np.abs(apart), 0.0),
        rated.by_user(deviation**2 * ~best) / np.maximum(rest, 1),
    ]
    return np.stack(columns, axis=1) * there[:, None]


def popularity(rated: Rated) -> FloatArray:
    """(n_users, 3) of the numbers c_i of a user's items: mean, range, and lower quartile.

    The quartile is the value at place floor((N_u - 1) / 4) of the ascending c_i, counted from 0.
    """
    found = np.zeros((rated.n_users, 3))
    n = rated.lengths()
    there = np.flatnonzero(n)
    if not len(there):
        return found
    n = n[there]
    counts = rated.raters()[rated.items].astype(np.float64)
    ascending = counts[np.lexsort((counts, rated.users))]
    first = np.cumsum(n) - n
    found[there, 0] = rated.by_user(counts)[there] / n
    found[there, 1] = ascending[first + n - 1] - ascending[first]
    found[there, 2] = ascending[first + (n - 1) // 4]
    return found


def degree_of_similarity(rated: Rated, neighbours: int = 25) -> FloatArray:
    """(n_users,) mean of a user's ``neighbours`` largest Pearson correlations with other users.

    Over the items that both rated, with the means of just these ratings. Where both rated fewer than five of the same
    items (our limit: two items always correlate perfectly), or one of them gave all of these the same rating, there is
    no correlation and it counts as 0. With fewer other users than ``neighbours`` the mean is over all of them.
    """
    found = np.zeros(rated.n_users)
    people, rows = np.unique(rated.users, return_inverse=True)
    k = min(neighbours, len(people) - 1)
    if k < 1:
        return found
    # a shift changes no correlation, and small numbers keep the sums of squares exact
    shifted = rated.values - rated.values.min()
    shape, places = (len(people), rated.n_items), (rows, rated.items)
    powers = [csr_array((shifted**power, places), shape=shape) for power in range(3)]
    step = max(1, _CELLS // len(people))
    for start in range(0, len(people), step):
        alike = _pearson(powers, slice(start, start + step))
        size = len(alike)
        alike[np.arange(size), start + np.arange(size)] = -np.inf
        largest = np.partition(alike, len(people) - k, axis=1)[:, len(people) - k :]
        # sorted, so that the sum does not hang on how partition left them
        found[people[start : start + step]] = np.sort(largest, axis=1).mean(axis=1)
    return found


def _pearson(powers: list[csr_array], block: slice) -> FloatArray:
    """(users of the block, all users) correlations from the sums of 1, x, x^2, y, y^2 and xy over common items."""
    ones, x, squares = powers
    n, sum_x, sum_xx = ((side[block] @ ones.T).toarray() for side in powers)
    sum_y, sum_yy = ((ones[block] @ side.T).toarray() for side in (x, squares))
    both = n * (x[block] @ x.T).toarray() - sum_x * sum_y
    spread = (n * sum_xx - sum_x**2) * (n * sum_yy - sum_y**2)
    # sums of squares of the same numbers differ by rounding only: what is left then is no spread
    some = (n >= _COMMON) & (spread > 1e-9 * (n * sum_xx) * (n * sum_yy))
    found: FloatArray = np.divide(
        both, np.sqrt(spread, where=some, out=np.ones_like(n)), where=some, out=np.zeros_like(n)
    )
    return found


def _is_best(rated: Rated) -> BoolArray:
    """(n,) whether a rating is the highest of its user."""
    highest = np.full(rated.n_users, -np.inf)
    np.maximum.at(highest, rated.users, rated.values)
    return rated.values == highest[rated.users]


def _entropy(rated: Rated) -> FloatArray:
    """(n_users,) of the distribution of a user's ratings over the values there are."""
    levels, level = np.unique(rated.values, return_inverse=True)
    cells, counts = np.unique(rated.users * max(len(levels), 1) + level, return_counts=True)
    users = cells // max(len(levels), 1)
    share = counts / rated.lengths()[users]
    found: FloatArray = np.bincount(users, -share * np.log(share), rated.n_users).astype(np.float64)
    return found
