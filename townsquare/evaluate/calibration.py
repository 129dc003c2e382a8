"""Whether scores mean what they say: of the texts scored .8, do 80 % break the rules?"""

from typing import Any

import numpy as np

from townsquare.protocols.columns import BoolArray, FloatArray, IntArray

BINS = 10
"""Of equal width, from 0 to 1; the last one holds 1."""


def calibration_error(score: FloatArray, broken: BoolArray, bins: int = BINS) -> float:
    """Expected calibration error, sum over bins of n_b / n * |mean score - share that breaks the rules|.

    Guo et al., "On Calibration of Modern Neural Networks" (2017), equation 5, for the harmful class. 0 is perfect, 1
    the worst; NaN without texts. Texts that were abstained from have no score and are left out by the caller.
    """
    if not len(score):
        return float("nan")
    rows = reliability(score, broken, bins)
    gaps = [row["texts"] * abs(row["score"] - row["harmful"]) for row in rows if row["texts"]]
    return float(round(sum(gaps) / len(score), 9))


def reliability(score: FloatArray, broken: BoolArray, bins: int = BINS) -> list[dict[str, Any]]:
    """A row per bin: ``low`` and ``high``, how many texts, their mean score, and the share that is harmful (both NaN in
    an empty bin).
    """
    place = _bins_of(score, bins)
    rows = []
    for n in range(bins):
        mine = place == n
        held = bool(mine.any())
        mean = float(np.mean(score[mine])) if held else float("nan")
        harmful = float(np.mean(broken[mine])) if held else float("nan")
        rows.append(
            {"low": n / bins, "high": (n + 1) / bins, "texts": int(mine.sum()), "score": mean, "harmful": harmful}
        )
    return rows


def _bins_of(score: FloatArray, bins: int) -> IntArray:
    return np.minimum((np.clip(score, 0, 1) * bins).astype(int), bins - 1)
