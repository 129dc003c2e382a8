"""Arms against the first arm: by reader and tick for one pair of runs, by seed for several."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from townsquare.comparison.arms import Arm, opened, sorted_into_arms
from townsquare.comparison.readers import READER_MEASURES, SHOWN_FROM, per_reader, readers
from townsquare.comparison.series import series, summary
from townsquare.protocols.columns import FloatArray
from townsquare.protocols.errors import InputError
from townsquare.protocols.intervals import FEW_BLOCKS, Difference, paired_columns, unpaired
from townsquare.protocols.runfolder import RunFolder
from townsquare.protocols.streams import Streams

INTERVALS = ("interval", "unpaired_interval")


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of one arm against the base."""

    arm: str
    measure: str
    unit: str
    """agent, tick or seed."""
    of: Difference

    def described(self) -> dict[str, Any]:
        """The row as JSON, without its arm."""
        found = {"measure": self.measure, "unit": self.unit, **asdict(self.of)}
        return found | {key: list(found[key]) if found[key] else None for key in INTERVALS}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came out; ``notes`` are sentences that belong beside the numbers."""

    arms: tuple[Arm, ...]
    """The first is the base; every difference is another arm minus the base."""
    results: tuple[Row, ...]
    notes: tuple[str, ...]
    level: float
    burn_in: int

    def rows(self) -> list[dict[str, Any]]:
        """One dict per measure: measure, unit, n, mean_a, mean_b, difference, interval, unpaired_interval,
        variance_removed, p_value; with more than two arms an ``arm`` before them.
        """
        several = len(self.arms) > 2
        return [({"arm": row.arm} if several else {}) | row.described() for row in self.results]

    def table(self) -> pd.DataFrame:
        """``rows`` as a table; an interval is two columns: low and high, unpaired_low and unpaired_high."""
        return pd.DataFrame([flat(row) for row in self.rows()])

    def to_json(self) -> str:
        """Everything, as one JSON object."""
        head = {"arms": [arm.described() for arm in self.arms], "level": self.level, "burn_in": self.burn_in}
        return json.dumps({**head, "notes": list(self.notes), "rows": self.rows()})


def flat(row: dict[str, Any]) -> dict[str, Any]:
    """A row with each interval as two numbers, NaN where there is none."""
    made: dict[str, Any] = {}
    for key, value in row.items():
        if key.endswith("interval"):
            before = key.removesuffix("interval")
            made[before + "low"], made[before + "high"] = value or (np.nan, np.nan)
        else:
            made[key] = np.nan if value is None else value
    return made


def compare(*runs: RunFolder | str | Path, level: float = 0.95, burn_in: int = 0) -> Comparison:
    """How the runs differ, with intervals.

    Runs that differ in their seed only are one arm; the first run's arm is the base, and arms are paired by seed. With
    one pair the units are readers and ticks, with several they are seeds. The first ``burn_in`` ticks are left out.
    """
    if not 0 < level < 1:
        raise InputError(f"level: a number between 0 and 1, such as 0.95 (got {level!r}).")
    folders = opened(runs)
    arms = sorted_into_arms(folders)
    notes = [note for run in folders for note in _about(run)]
    results: list[Row] = []
    for other in arms[1:]:
        results += _Pairing(arms[0], other, level, burn_in, notes).rows()
    return Comparison(tuple(arms), tuple(results), tuple(dict.fromkeys(notes)), level, burn_in)


def _about(run: RunFolder) -> list[str]:
    info, found = run.info, []
    if info.status != "finished":
        found.append(f"{run.path} is not finished ({info.status}): {info.ticks_done} of {info.ticks} ticks are there.")
    if info.parent is not None and info.parent.at:
        found.append(
            f"{run.path} shares the ticks before {info.parent.at} with the run it was forked from; "
            f"burn_in={info.parent.at} compares only what came after."
        )
    return found


class _Pairing:
    """One arm against the base."""

    def __init__(self, base: Arm, other: Arm, level: float, burn_in: int, notes: list[str]) -> None:
        self.base, self.other, self.level, self.notes = base, other, level, notes
        self.seeds = sorted(base.runs.keys() & other.runs.keys())
        lengths = {
            run.info.ticks_done
            for arm in (base, other)
            for seed, run in arm.runs.items()
            if seed in self.seeds or not self.seeds
        }
        shared = min(lengths)
        if len(lengths) > 1:
            notes.append(f"the runs have {shared} to {max(lengths)} finished ticks; the first {shared} count.")
        if not 0 <= burn_in < shared:
            raise InputError(f"burn_in: 0 to {shared - 1}, one less than the ticks compared (got {burn_in}).")
        self.ticks = range(burn_in, shared)

    def rows(self) -> list[Row]:
        """By seed where several runs of each arm can be set against each other, else by reader and tick."""
        base, other = self.base, self.other
        alone = (base.runs.keys() | other.runs.keys()) - set(self.seeds)
        if self.seeds and alone:
            self.notes.append(f"seeds without a partner are left out: {', '.join(map(str, sorted(alone)))}.")
        if not self.seeds:
            self.notes.append(
                f"{base.label} and {other.label} have no seed in common: nothing is paired, and only the unpaired "
                "intervals are given."
            )
        if len(self.seeds) > 1 or (not self.seeds and max(len(base.runs), len(other.runs)) > 1):
            return self._by_seed()
        pairs = [(base.runs[s], other.runs[s]) for s in self.seeds] or [
            (next(iter(base.runs.values())), next(iter(other.runs.values())))
        ]
        return self._by_reader(*pairs[0]) + self._by_tick(*pairs[0])

    def _by_seed(self) -> list[Row]:
        sides = []
        for arm in (self.base, self.other):
            seeds = self.seeds or sorted(arm.runs)
            sides.append(pd.DataFrame([summary(arm.runs[s], self.ticks, with_readers=True) for s in seeds]))
        a, b = sides
        if self.seeds and len(self.seeds) < 6:
            least = 2.0 ** (1 - len(self.seeds))
            self.notes.append(f"with {len(self.seeds)} seeds no p-value can fall below {least:g}: read the intervals.")
        return self._rows("seed", self._shared(a, b), lambda name: (a[name].to_numpy(), b[name].to_numpy()))

    def _by_reader(self, a: RunFolder, b: RunFolder) -> list[Row]:
        ids_a, ids_b = readers(a), readers(b)
        x, y = per_reader(a, self.ticks), per_reader(b, self.ticks)
        for run, values in ((a, x), (b, y)):
            recommends = "recommender" in run.info.scenario  # a debate or a network shows nobody anything
            if recommends and not any(name.startswith(SHOWN_FROM) for name in values):
                self.notes.append(f"{run.path} recorded no exposures; nothing is said about what was shown.")
        if self.seeds:
            both, rows_a, rows_b = np.intersect1d(ids_a, ids_b, return_indices=True)
            if len(both) < max(len(ids_a), len(ids_b)):
                counts = f"{len(ids_a)} and {len(ids_b)}"
                self.notes.append(f"the runs have {counts} readers; the {len(both)} that both have count.")
            x, y = {k: v[rows_a] for k, v in x.items()}, {k: v[rows_b] for k, v in y.items()}
        # a source that one arm never uses is a share of nothing there, and no unknown one as a group of one arm is
        for one, two in ((x, y), (y, x)):
            shown = next((values for name, values in two.items() if name.startswith(SHOWN_FROM)), None)
            for name in one.keys() - two.keys():
                nowhere = np.full(len(one[name]), np.nan) if shown is None or "/" in name else shown
                two[name] = np.where(np.isnan(nowhere), np.nan, 0.0)
        return self._rows("agent", list(x | y), lambda name: (x[name], y[name]))

    def _by_tick(self, a: RunFolder, b: RunFolder) -> list[Row]:
        x, y = series(a, self.ticks), series(b, self.ticks)
        self.notes.append(
            "intervals by agent and by tick speak of this pair of runs only, not of other seeds: compare several seeds "
            "for that."
        )
        if len(self.ticks) < FEW_BLOCKS:
            self.notes.append(f"fewer than {FEW_BLOCKS} ticks: no intervals by tick.")
        shared = [name for name in self._shared(x, y) if name not in READER_MEASURES]
        return self._rows("tick", shared, lambda name: (x[name].to_numpy(), y[name].to_numpy()))

    def _shared(self, a: pd.DataFrame, b: pd.DataFrame) -> list[str]:
        both = [str(name) for name in a.columns if name in b.columns]
        first, second = (next(iter(arm.runs.values())).info.name for arm in (self.base, self.other))
        if not both and first != second:
            raise InputError(f"scenarios {first!r} and {second!r} have no measure in common: nothing can be compared.")
        return both

    def _rows(self, unit: str, names: list[str], values: Callable[[str], tuple[FloatArray, FloatArray]]) -> list[Row]:
        """One row per measure that has values on both sides."""
        rng = Streams(0).get("compare", unit)
        if self.seeds or unit == "tick":
            a, b = (np.column_stack([values(name)[side] for name in names] or [np.zeros((0, 0))]) for side in (0, 1))
            found = paired_columns(a, b, level=self.level, rng=rng, ticks=unit == "tick")
        else:
            found = [unpaired(*values(name), level=self.level, rng=rng) for name in names]
        if not self.seeds:
            found = [replace(one, interval=None, variance_removed=None, p_value=None) for one in found]
        return [Row(self.other.label, name, unit, one) for name, one in zip(names, found, strict=True) if one.n]
