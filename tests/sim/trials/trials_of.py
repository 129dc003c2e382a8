"""Trials to try things on: people drawn from the published table."""

from pathlib import Path

import numpy as np
import pandas as pd

from townsquare.protocols import IntArray
from townsquare.protocols.debate import ARMS
from townsquare.sim.trials.kernel import HumanKernel
from townsquare.sim.trials.published import PEOPLE
from townsquare.sim.trials.rows import TrialRows


def rows_of(arm: IntArray, pre: IntArray, post: IntArray, **more: object) -> TrialRows:
    """Rows with nothing known about them but the three."""
    n = len(arm)
    known = {
        "topic": ("",) * n,
        "cluster": np.full(n, -1),
        "prior": np.full(n, -1),
        "believed_ai": np.full(n, -1),
        "debate": ("",) * n,
        "drift": np.zeros(0),
    }
    return TrialRows(np.asarray(arm), np.asarray(pre), np.asarray(post), **{**known, **more})  # type: ignore[arg-type]


def drawn(seed: int, **more: object) -> TrialRows:
    """300, 150, 150 and 150 people who start anywhere from 1 to 5."""
    rng = np.random.default_rng(seed)
    arm = np.repeat(np.arange(len(ARMS)), PEOPLE)
    pre = rng.integers(1, 6, len(arm))
    return rows_of(arm, pre, HumanKernel().draw(pre, arm, rng.random(len(arm))), **more)


def write_trial(path: Path, seed: int) -> Path:
    """``drawn(seed)`` as a table of one's own, sides drawn."""
    rows = drawn(seed)
    side = np.random.default_rng(seed).choice(["pro", "con"], len(rows))

    def plain(values: IntArray) -> IntArray:
        return np.where(side == "pro", 6 - values, values)

    columns = {"arm": [ARMS[arm] for arm in rows.arm], "side": side, "agreement_before": plain(rows.pre)}
    pd.DataFrame({**columns, "agreement_after": plain(rows.post)}).to_csv(path, index=False)
    return path
