"""The one table at the end of a sweep."""

from collections.abc import Mapping, Sequence
from typing import Any

from townsquare.cli import printing
from townsquare.dashboard.labels import label_of
from townsquare.sweeps import SweepResult


def show(done: SweepResult, measures: Sequence[str]) -> None:
    """Means of the arms at the end with their differences to the base arm; a star where the interval leaves out 0."""
    arms = list(dict.fromkeys(str(row["arm"]) for row in done.rows))
    if arms:
        cells = {(str(row["measure"]), str(row["arm"])): row for row in done.rows if row["unit"] == "seed"}
        shown = [name for name in measures if any(measure == name for measure, _ in cells)]
        body = [[label_of(name).label, *(_cell(cells.get((name, arm))) for arm in arms)] for name in shown]
        seeds = max((int(row["n"]) for row in done.rows if row["unit"] == "seed"), default=0)
        printing.table(f"At the end, mean over {seeds} seed{'s' * (seeds != 1)}", ("measure", *arms), body)
        _differences(done, arms, shown, cells)
    _by_reader(done)
    for note in done.notes:
        print(f"note: {note}")


def _differences(
    done: SweepResult, arms: Sequence[str], shown: Sequence[str], cells: Mapping[tuple[str, str], Mapping[str, Any]]
) -> None:
    others = [arm for arm in arms if arm != done.base]
    found = [[_difference(cells.get((name, arm))) for arm in others] for name in shown]
    if any(cell != "–" for row in found for cell in row):
        body = [[label_of(name).label, *row] for name, row in zip(shown, found, strict=True)]
        title = f"Paired difference to {done.base}, with 95 % interval; * where it leaves out 0"
        printing.table(title, ("measure", *others), body)


def _by_reader(done: SweepResult) -> None:
    rows = [
        row for row in done.rows if row["unit"] == "agent" and row["arm"] != done.base and row["difference_interval"]
    ]
    body = [
        [
            str(row["arm"]),
            str(row["measure"]),
            str(row["n"]),
            printing.number(row["mean"]),
            printing.number(row["difference"]),
            printing.interval(row["difference_interval"]),
        ]
        for row in rows
    ]
    if body:
        columns = ("arm", "per reader and tick", "readers", "mean", f"minus {done.base}", "95 % interval")
        printing.table("By reader, over all ticks", columns, body)


def _cell(row: Mapping[str, Any] | None) -> str:
    return "–" if row is None else printing.number(row["mean"])


def _difference(row: Mapping[str, Any] | None) -> str:
    if row is None or row["difference"] is None or row["difference_interval"] is None:
        return "–"
    low, high = row["difference_interval"]
    star = "" if low <= 0 <= high else " *"
    return f"{row['difference']:+.3f} ±{(high - low) / 2:.3f}{star}"
