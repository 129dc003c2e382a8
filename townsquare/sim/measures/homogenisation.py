"""How alike what different readers get is."""

import numpy as np
from scipy.sparse import csr_array

from townsquare.sim.measures.view import KINDS, TickView


def homogenisation(view: TickView) -> dict[str, float]:
    """Mean pairwise Jaccard index of what readers were shown, clicked or liked.

    A reader's set holds the articles in the window, counted since they appeared. Taken on a tenth of the readers (at
    least 2, at most 1,000; the same ones at every tick). Pairs of a reader with itself are included, as in the
    published code; two empty sets count 0.
    """
    n = min(view.n_readers, max(2, min(1000, view.n_readers // 10)))
    sample = np.sort(view.streams.get("jaccard").permutation(view.n_readers)[:n])
    return {f"jaccard_{kind}": jaccard(view.gathered(kind, sample)) for kind in KINDS}


def jaccard(sets: csr_array) -> float:
    """Mean over all ordered pairs of rows, a row with itself included, of shared / joint members."""
    shared = (sets @ sets.T).toarray()
    size = sets.sum(axis=1)
    joint = size[:, None] + size[None, :] - shared
    return float(np.mean(np.divide(shared, joint, out=np.zeros_like(shared), where=joint > 0)))
