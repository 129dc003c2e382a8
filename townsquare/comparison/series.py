"""The measures of a run as one row per tick, and what they come to over a run."""

import numpy as np
import pandas as pd

from townsquare.comparison.readers import per_reader
from townsquare.protocols.runfolder import RunFolder

END = "@end"
"""Behind a measure's name: its value in the last tick."""


def series(run: RunFolder, ticks: range) -> pd.DataFrame:
    """One row per tick, one column per measure (``measure/group`` where it is told by group)."""
    tidy = run.measures()
    tidy = tidy[tidy["tick"].isin(ticks)]
    group = tidy["group"].astype(str)
    name = tidy["measure"].astype(str).where(group == "", tidy["measure"].astype(str) + "/" + group)
    wide = tidy.assign(name=name).pivot_table(index="tick", columns="name", values="value", sort=False, dropna=False)
    return wide.reindex(list(ticks)).astype(np.float64)


def summary(run: RunFolder, ticks: range, *, with_readers: bool = False) -> dict[str, float]:
    """Each measure's mean over the ticks that have a value, and its value in the last tick as ``measure@end``.

    ``with_readers`` adds the means over readers of what ``per_reader`` knows and no measure has said; that reads every
    event.
    """
    table = series(run, ticks)
    found = {}
    for name in table.columns:
        found[name] = float(table[name].mean())
        found[name + END] = float(table[name].iloc[-1])
    if with_readers:
        whole, last = per_reader(run, ticks), per_reader(run, ticks[-1:])
        for name in [name for name in whole if name not in found]:
            found[name] = _mean(whole[name])
            found[name + END] = _mean(last[name]) if name in last else float("nan")
    return found


def _mean(values: np.ndarray[tuple[int, ...], np.dtype[np.floating]]) -> float:
    there = values[~np.isnan(values)]
    return float(there.mean()) if len(there) else float("nan")
