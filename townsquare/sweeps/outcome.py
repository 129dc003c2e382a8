"""What a sweep came to: every arm's measures at the end, and how each differs from the base arm."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from townsquare.comparison import compare
from townsquare.comparison.differences import flat
from townsquare.comparison.series import END, summary
from townsquare.protocols.errors import RunFolderError
from townsquare.protocols.intervals import Difference, Interval, paired_columns, t_interval
from townsquare.protocols.runfolder import RunFolder
from townsquare.protocols.streams import Streams

Runs = Mapping[str, Mapping[int, RunFolder]]
"""Finished runs by arm and seed."""


@dataclass(slots=True)
class SweepResult:
    """The table of a sweep, with the runs behind it."""

    out: Path
    base: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    """arm, measure, unit, n, mean, interval, difference, difference_interval, variance_removed, p_value."""
    runs: list[dict[str, Any]] = field(default_factory=list)
    """arm, seed, status, run_folder, digest, seconds, peak_memory_mb."""
    failures: list[dict[str, Any]] = field(default_factory=list)
    """arm, seed, status, exit_code, signal, message, log."""
    notes: list[str] = field(default_factory=list)

    def table(self) -> pd.DataFrame:
        """``rows`` as a table; an interval is two columns: low and high, difference_low and difference_high."""
        return pd.DataFrame([flat(row) for row in self.rows])

    def to_json(self) -> str:
        """Everything, as one JSON object."""
        body = {"out": str(self.out), "base": self.base, "rows": self.rows, "runs": self.runs}
        return json.dumps({**body, "failures": self.failures, "notes": self.notes})


def fill(result: SweepResult, runs: Runs, seeds: int) -> None:
    """Compute the rows and notes of ``result`` from the finished runs of a sweep over ``seeds`` seeds."""
    ends = {arm: _at_the_end(arm, of_arm, result) for arm, of_arm in runs.items()}
    base = ends.get(result.base, pd.DataFrame())
    if not len(base):
        result.notes.append(f"no run of the base arm {result.base!r} has finished: there are no differences.")
    for arm, values in ends.items():
        if len(values) < seeds:
            result.notes.append(f"arm {arm!r}: {len(values)} of {seeds} runs count, the others failed.")
        result.rows += _rows(arm, values, None if arm == result.base or not len(base) else base)
    if seeds == 1 and len(base):
        result.notes.append(
            "one seed: rows by agent are means over all ticks, and their intervals speak of this seed only; rows by "
            "seed have no interval."
        )
        for arm in ends:
            if arm != result.base and len(ends[arm]):
                base_run, run = (next(iter(runs[name].values())) for name in (result.base, arm))
                try:
                    result.rows += _by_reader(arm, base_run, run)
                except RunFolderError as error:
                    result.notes.append(f"arm {arm!r} cannot be compared by reader: {error}")


def _at_the_end(arm: str, runs: Mapping[int, RunFolder], result: SweepResult) -> pd.DataFrame:
    """One row per seed, one column per measure: its value in the last tick. A torn run is a failure."""
    rows = {}
    for seed, run in sorted(runs.items()):
        try:
            found = summary(run, run.ticks())
        except RunFolderError as error:
            result.runs = [one for one in result.runs if (one["arm"], one["seed"]) != (arm, seed)]
            result.failures.append(failure(arm, seed, str(error), run.path))
        else:
            rows[seed] = {name.removesuffix(END): value for name, value in found.items() if name.endswith(END)}
    return pd.DataFrame.from_dict(rows, orient="index", dtype=np.float64)


def failure(
    arm: str, seed: int, message: str, folder: Path, code: int | None = None, signal: str | None = None
) -> dict[str, Any]:
    """The row of a run that did not end well."""
    return {
        "arm": arm,
        "seed": seed,
        "status": "failed",
        "exit_code": code,
        "signal": signal,
        "message": message,
        "log": str(log_of(folder)),
    }


def log_of(folder: Path) -> Path:
    """Where the process that fills ``folder`` complains."""
    return folder.with_name(folder.name + ".log")


def _rows(arm: str, values: pd.DataFrame, base: pd.DataFrame | None) -> list[dict[str, Any]]:
    differences: dict[str, Difference] = {}
    if base is not None:
        seeds, names = values.index.intersection(base.index), values.columns.intersection(base.columns)
        a, b = (side.loc[seeds, names].to_numpy() for side in (base, values))
        found = paired_columns(a, b, rng=Streams(0).get("sweep"))
        differences = {str(name): one for name, one in zip(names, found, strict=True)}
    rows = []
    for name in values.columns:
        there = values[name].dropna().to_numpy()
        if len(there):
            row = _row(arm, str(name), "seed", len(there), float(there.mean()), t_interval(there))
            rows.append(row | _apart(differences.get(str(name))))
    return rows


def _by_reader(arm: str, base: RunFolder, other: RunFolder) -> list[dict[str, Any]]:
    results = [row for row in compare(base, other).results if row.unit == "agent"]  # the ticks are summed up at the end
    return [_row(arm, row.measure, "agent", row.of.n, row.of.mean_b, None) | _apart(row.of) for row in results]


def _row(arm: str, measure: str, unit: str, n: int, mean: float, interval: Interval | None) -> dict[str, Any]:
    told = list(interval) if interval else None
    return {"arm": arm, "measure": measure, "unit": unit, "n": n, "mean": mean, "interval": told}


def _apart(one: Difference | None) -> dict[str, Any]:
    if one is None or not one.n:
        return dict.fromkeys(("difference", "difference_interval", "variance_removed", "p_value"))
    interval = list(one.interval) if one.interval else None
    return {
        "difference": one.difference,
        "difference_interval": interval,
        "variance_removed": one.variance_removed,
        "p_value": one.p_value,
    }
