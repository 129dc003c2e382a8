"""How much fake profiles look like genuine ones."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array

from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.interactions import Scale
from townsquare.sim.word_runs import word_runs, words

_SHARED = 0.5


def rating_distances(
    fake: tuple[IntArray, FloatArray], genuine: tuple[IntArray, FloatArray], n_items: int, scale: Scale
) -> dict[str, float]:
    """How far the ratings that an item has from fakes lie from those it has from genuine users.

    Args:
        fake: (n,) items and (n,) ratings of fakes.
        genuine: (m,) items and (m,) ratings of genuine users.
        n_items: number of items.
        scale: of both.

    Returns:
        ``tvd``, total variation (0 to 1), and ``js``, Jensen-Shannon divergence in nats (0 to log 2), of the two
        distributions of ratings of an item, averaged over the items that both have rated; NaN where there is none.

    The convention of the code of Leg-UP (Lin et al., TKDE 2022). Both are large where an item has few fake ratings,
    whatever they are: compare attacks of equal size only.
    """
    p, q = (_counts(*side, n_items, scale) for side in (fake, genuine))
    both = (p.sum(axis=1) > 0) & (q.sum(axis=1) > 0)
    if not both.any():
        return {"tvd": float("nan"), "js": float("nan")}
    p, q = (side[both] / side[both].sum(axis=1, keepdims=True) for side in (p, q))
    middle = (p + q) / 2
    apart = (_divergence(p, middle) + _divergence(q, middle)) / 2
    return {"tvd": float(np.abs(p - q).sum(axis=1).mean() / 2), "js": float(apart.mean())}


def text_duplication(texts: Sequence[str]) -> float:
    """Share of reviews that share at least half of their runs of three words with another one (ours).

    Case and punctuation do not count. Empty reviews are left out; one of fewer than three words is one run. NaN where
    there are no reviews.
    """
    runs = [word_runs(words(text)) for text in texts]
    runs = [one for one in runs if one]
    if not runs:
        return float("nan")
    number = {run: place for place, run in enumerate(sorted({run for one in runs for run in one}))}
    rows = np.repeat(np.arange(len(runs)), [len(one) for one in runs])
    columns = np.array([number[run] for one in runs for run in sorted(one)])
    marks = csr_array((np.ones(len(rows)), (rows, columns)), (len(runs), len(number)))
    common = (marks @ marks.T).tocoo()
    size = np.array([len(one) for one in runs])
    twin = (common.row != common.col) & (common.data >= _SHARED * size[common.row])
    return float(len(np.unique(common.row[twin])) / len(runs))


def _counts(items: IntArray, values: FloatArray, n_items: int, scale: Scale) -> FloatArray:
    """(n_items, steps) how often each item has each rating."""
    steps = round((scale.high - scale.low) / scale.step) + 1
    place = np.clip(np.rint((values - scale.low) / scale.step), 0, steps - 1).astype(np.int64)
    return np.bincount(items * steps + place, minlength=n_items * steps).reshape(n_items, steps).astype(np.float64)


def _divergence(p: FloatArray, q: FloatArray) -> FloatArray:
    """(rows,) Kullback-Leibler divergence of rows; q is positive wherever p is."""
    ratio = np.divide(p, q, out=np.ones_like(p), where=p > 0)
    found: FloatArray = (p * np.log(ratio)).sum(axis=1)
    return found
