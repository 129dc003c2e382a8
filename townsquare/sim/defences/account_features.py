"""What an account looks like in numbers, to a defence that has no language model (our reconstruction)."""

import numpy as np
from scipy.sparse import csr_array, diags_array

from townsquare.protocols import BoolArray, Catalogue, FloatArray, IntArray, Interactions, steady
from townsquare.sim.recommenders.truncated_svd import truncated_svd

FEATURES = (
    "rows",
    "popularity",
    "popularity_spread",
    "togetherness",
    "misfits",
    "target_like",
    "likeness",
    "duplicates",
    "deviation",
    "top",
)
"""By column; see ``account_features``."""
_DIMENSIONS = 24


def account_features(log: Interactions, catalogue: Catalogue, rng: np.random.Generator) -> FloatArray:
    """(n_users, 10) standardised over the users with rows, clipped to -5 .. 5; 0 for the others and what is constant.

    ``rows``: log of 1 + how many items; ``popularity``, ``popularity_spread``: mean and standard deviation of the logs
    of the items' audiences; ``togetherness``: mean cosine between the items of a user, each as the others' audiences
    place it (a truncated SVD of the log, the stand-in for a recommender's embeddings); ``misfits``: share of the
    items that are nearly opposite to what else the user took to, those in the lowest tenth of all rows;
    ``target_like``: share of the items which are misfits to at least half of their audience, of two or more;
    ``likeness``: the mean cosine between items by their content vectors, 0 without any; ``duplicates``: log of 1 +
    how many others have exactly the same items; ``deviation``: mean distance of ratings from the mean of their item,
    and ``top``: share of ratings at the best of the scale, both 0 without ratings.
    """
    users, items = _pairs(log)
    n, audience = log.n_users, np.bincount(items, minlength=log.n_items).astype(np.float64)
    number = np.bincount(users, minlength=n)
    popularity = np.log(np.maximum(audience, 1.0))[items]
    mean = _mean(users, popularity, n)
    spread = np.sqrt(np.maximum(_mean(users, popularity * popularity, n) - mean * mean, 0.0))
    placed = _placed(users, items, log, audience, rng)
    fit = _fit(users, items, placed, n)
    low = fit <= np.quantile(fit, 0.1) if len(fit) else np.zeros(0, bool)
    odd = (np.bincount(items, low, log.n_items) >= 0.5 * audience) & (audience >= 2)
    content = catalogue.vectors
    columns = [
        np.log1p(number),
        mean,
        spread,
        _mean(users, fit, n),
        _mean(users, low.astype(float), n),
        _mean(users, (odd[items] & low).astype(float), n),
        np.zeros(n) if content is None else _mean(users, _fit(users, items, _unit(content[: log.n_items]), n), n),
        _duplicates(users, items, n),
        *_rating_columns(log),
    ]
    return _standard(np.stack(columns, axis=1), number > 0)


def _pairs(log: Interactions) -> tuple[IntArray, IntArray]:
    """The different pairs of user and item, sorted."""
    pairs = np.unique(log.users.astype(np.int64) * log.n_items + log.items)
    return pairs // log.n_items, pairs % log.n_items


def _mean(users: IntArray, values: FloatArray, n: int) -> FloatArray:
    """(n,) mean by user; 0 for none."""
    return np.bincount(users, values, n) / np.maximum(np.bincount(users, minlength=n), 1)


def _unit(vectors: FloatArray) -> FloatArray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def _placed(
    users: IntArray, items: IntArray, log: Interactions, audience: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """(n_items, d) unit vectors: items near to each other share an audience; popularity alone is taken out."""
    number = np.bincount(users, minlength=log.n_users).astype(np.float64)
    matrix = csr_array((np.ones(len(users)), (users, items)), shape=(log.n_users, log.n_items))
    scaled = (
        diags_array(1 / np.sqrt(np.maximum(number, 1))) @ matrix @ diags_array(1 / np.sqrt(np.maximum(audience, 1)))
    )
    strengths, right = truncated_svd(csr_array(scaled).astype(np.float32), _DIMENSIONS + 1, rng)[1:]
    # the first direction is popularity, the same for everybody
    return _unit(right[:, 1:].astype(np.float64) * strengths[1:])


def _fit(users: IntArray, items: IntArray, unit: FloatArray, n: int) -> FloatArray:
    """(pairs,) mean cosine between an item of a user and the user's other items; 0 for an only item."""
    place = unit[items]
    total = np.zeros((n, unit.shape[1]))
    np.add.at(total, users, place)
    others = np.bincount(users, minlength=n)[users] - 1
    dot = (place * (total[users] - place)).sum(axis=1)
    return steady(np.divide(dot, others, out=np.zeros(len(dot)), where=others > 0))


def _duplicates(users: IntArray, items: IntArray, n: int) -> FloatArray:
    """(n,) log of 1 + how many others have the same items."""
    bounds = np.searchsorted(users, np.arange(n + 1))
    sets = [items[bounds[user] : bounds[user + 1]].tobytes() for user in range(n)]
    seen: dict[bytes, int] = {}
    for one in sets:
        seen[one] = seen.get(one, 0) + 1
    return np.log(np.array([max(1, seen[one]) for one in sets], np.float64))


def _rating_columns(log: Interactions) -> tuple[FloatArray, FloatArray]:
    """Deviation and share of best ratings."""
    if log.scale is None:
        return np.zeros(log.n_users), np.zeros(log.n_users)
    off = np.abs(log.values - _mean(log.items, log.values, log.n_items)[log.items])
    return _mean(log.users, off, log.n_users), _mean(log.users, (log.values >= log.scale.high) * 1.0, log.n_users)


def _standard(table: FloatArray, present: BoolArray) -> FloatArray:
    """Mean 0 and standard deviation 1 over those present."""
    out = np.zeros_like(table)
    if present.any():
        part = table[present]
        spread = part.std(axis=0)
        centred = part - part.mean(axis=0)
        out[present] = np.clip(np.divide(centred, spread, out=np.zeros_like(part), where=spread > 1e-9), -5.0, 5.0)
    return steady(out, 6)
