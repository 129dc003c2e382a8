"""Protocol P1: a fixed split of MovieLens-100K, and a recommender's quality on it."""

from functools import cache

import numpy as np
from scipy.sparse import csr_array

from tests.datafiles import data_file
from townsquare.protocols import Catalogue, Interactions, Streams, configure
from townsquare.sim.measures.ranking import ranking


@cache
def split():
    """All 100,000 ratings as positives; a fifth of each user's rows, drawn by default_rng(42), is the test."""
    rows = np.loadtxt(data_file("ml-100k/u.data"), np.int64)
    users = np.unique(rows[:, 0], return_inverse=True)[1]
    items = np.unique(rows[:, 1], return_inverse=True)[1]
    rng = np.random.default_rng(42)
    is_test = np.zeros(len(rows), bool)
    for user in range(users.max() + 1):
        of_user = np.flatnonzero(users == user)
        is_test[rng.choice(of_user, round(0.2 * len(of_user)), replace=False)] = True
    shape = (users.max() + 1, items.max() + 1)
    train = Interactions(
        users[~is_test].astype(np.int32),
        items[~is_test].astype(np.int32),
        np.ones((~is_test).sum()),
        np.zeros((~is_test).sum(), np.int32),
        *map(int, shape),
    )
    test = csr_array((np.ones(is_test.sum()), (users[is_test], items[is_test])), shape=shape)
    return train, test


@cache
def padded():
    """What each user has seen, as an exclude table."""
    seen = split()[0].matrix()
    counts = np.diff(seen.indptr)
    table = np.full((seen.shape[0], counts.max()), -1, np.int32)
    table[np.arange(counts.max()) < counts[:, None]] = seen.indices
    return table


def quality(name, settings=None, seed=0, k=20):
    """recall, ndcg, hr, mrr at k."""
    train, test = split()
    cls, config = configure("recommender", name, settings or {})
    built = cls(config, Streams(seed))
    built.fit(train, Catalogue.bare(train.n_items))
    slates = built.recommend(np.arange(train.n_users), k, tick=0, candidates=np.arange(train.n_items), exclude=padded())
    return ranking(slates.items, test, k)
