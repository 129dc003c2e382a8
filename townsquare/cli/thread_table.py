"""What came of harmful posts on a timeline, as runs and comparisons print it."""

from collections.abc import Sequence
from typing import Any

from townsquare.cli import printing
from townsquare.comparison.arms import Arm
from townsquare.dashboard.labels import label_of
from townsquare.protocols.runfolder import RunFolder
from townsquare.sim.measures.thread_table import thread_rows


def of(run: RunFolder) -> list[dict[str, Any]]:
    """The rows of a run (``thread_rows``); none for a run without a timeline, or without harm."""
    if run.info.name != "campaign" or not run.info.ticks_done:
        return []
    answers, harmful = run.answers(), float(run.info.scenario["timeline"]["harmful"])
    ticks = ((tick, run.tick_events(tick)) for tick in run.ticks())
    return thread_rows(run.items(), run.agents(), ticks, answers, harmful=harmful)


def show(rows: Sequence[dict[str, Any]]) -> None:
    """Print the rows of one run; nothing where there are none."""
    if rows:
        body = [(_name(row), printing.number(row["value"]), _ends(row), f"{row['n']:,}", row["unit"]) for row in rows]
        printing.table(
            "Harmful posts and what was said against them", ("measure", "value", "95 % interval", "over", "unit"), body
        )


def beside(arms: Sequence[Arm]) -> dict[str, list[dict[str, Any]]]:
    """The rows of arms of one run each, by label; none where an arm has several, which seeds tell apart better."""
    if any(len(arm.runs) != 1 for arm in arms):
        return {}
    found = {arm.label: of(next(iter(arm.runs.values()))) for arm in arms}
    return found if any(found.values()) else {}


def compare(rows: dict[str, list[dict[str, Any]]]) -> None:
    """Print arms beside one another; nothing where there are none."""
    cells = {arm: {row["measure"]: row for row in of_arm} for arm, of_arm in rows.items()}
    every = {row["measure"]: row for of_arm in rows.values() for row in of_arm}
    body = [
        [_name(row), row["unit"], *(_cell(held.get(name)) for held in cells.values())] for name, row in every.items()
    ]
    if body:
        printing.table("Harmful posts, arm by arm, with 95 % intervals", ("measure", "unit", *rows), body)


def _name(row: dict[str, Any]) -> str:
    return label_of(str(row["measure"])).label


def _ends(row: dict[str, Any]) -> str:
    return "–" if row["low"] is None else f"[{row['low']:,.3f}, {row['high']:,.3f}]"


def _cell(row: dict[str, Any] | None) -> str:
    if row is None:
        return "–"
    ends = "" if row["low"] is None else f" {_ends(row)}"
    return printing.number(row["value"]) + ends
