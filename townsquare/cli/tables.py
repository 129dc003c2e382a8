"""Verbs that make tables and pages: compare, sweep, report, export."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from townsquare.cli import printing, sweep_table, thread_table
from townsquare.cli.running import overrides
from townsquare.comparison import compare as compare_runs
from townsquare.protocols.errors import InputError, did_you_mean
from townsquare.protocols.runfolder import RunFolder
from townsquare.runs import open_run
from townsquare.sweeps import sweep as run_sweep

_MAIN = (
    "likes_per_user",
    "cosine_click",
    "users_in_training",
    "articles_in_training",
    "like_gini_articles",
    "like_gini_creators",
    "jaccard_exposure",
    "quality_created",
    "quality_exposed",
    "corr_quality_like",
    "target_exposure",
    "target_rating",
    "opinion_shown",
    "rating_given",
    "trust_shills",
    "customers_lost",
    "bystander_replies",
    "counterspeech_share",
    "bot_replies",
    "hate_recurrence",
    "norm",
    "shift_human_human",
    "shift_human_ai",
    "shift_human_human_personalised",
    "shift_human_ai_personalised",
    "shift_no_debate",
    "opinion_mean",
    "opinion_variance",
    "opinion_groups",
    "panel_mean",
    "panel_variance",
    "harm_shown",
    "unwanted_shown",
    "flagged_fpr",
    "posts_benign",
)


def compare(arguments: argparse.Namespace) -> int:
    """``townsquare compare``."""
    found = compare_runs(*arguments.run, level=arguments.level, burn_in=arguments.burn_in)
    rows = _chosen(found.rows(), arguments.measure)
    threads = thread_table.beside(found.arms)
    if arguments.json:
        told = json.loads(found.to_json())
        del told["rows"]
        print(json.dumps(told | {"measures": rows} | ({"threads": threads} if threads else {})))
        return 0
    if not arguments.measure and not arguments.all:
        rows = [row for row in rows if row["measure"] in _MAIN or row["unit"] == "agent"]
    printing.table(f"Paired differences to {arguments.run[0]}", *_difference_table(rows, found.level))
    thread_table.compare(threads)
    for note in found.notes:
        print(f"note: {note}")
    return 0


def sweep(arguments: argparse.Namespace) -> int:
    """``townsquare sweep``: exit code 1 when a run failed."""
    out = arguments.out or Path("runs") / f"sweep_{Path(arguments.file).stem}"
    with printing.progress(f"sweep {Path(arguments.file).stem}") as step:
        done = run_sweep(
            arguments.file, out=out, jobs=arguments.jobs, set=overrides(arguments), seeds=arguments.seeds, progress=step
        )
    if arguments.json:
        print(done.to_json())
    else:
        sweep_table.show(done, _MAIN)
        print(f"\nsweep folder  {out}")
        print(f"all measures  {out / 'table.csv'}")
    for failure in done.failures:
        printing.complain(failure)
    return 1 if done.failures else 0


def report(arguments: argparse.Namespace) -> int:
    """``townsquare report``."""
    control = open_run(arguments.control) if arguments.control else None
    print(open_run(arguments.run).report(arguments.output or arguments.run / "report.html", control=control))
    return 0


def export(arguments: argparse.Namespace) -> int:
    """``townsquare export``: events go tick by tick, so that a large run needs no more memory than one tick."""
    run = RunFolder(arguments.run)
    target = arguments.output or Path(f"{arguments.run}-export")
    if target.exists():
        raise InputError(f"{target} exists already; choose another --output.")
    target.mkdir(parents=True)
    asks = run.asks()
    if len(asks):
        asks = asks.assign(keys=asks["keys"].map(" ".join))  # a table of text has no lists
    asked = {name: frame for name, frame in (("asks", asks), ("answers", run.answers())) if len(frame)}
    tables = {"measures": run.measures(), "agents": run.agents(), "items": run.items(), **asked}
    for name, frame in tables.items():
        _write(target / f"{name}.{arguments.format}", arguments.format, [pa.Table.from_pandas(frame)])
    parts = (pa.Table.from_pandas(_words(run.events(ticks=range(t, t + 1)))) for t in run.ticks())
    _write(target / f"events.{arguments.format}", arguments.format, parts)
    (target / "run.json").write_text(run.info.model_dump_json(indent=2) + "\n", "utf-8")
    print(target)
    return 0


def _write(path: Path, kind: str, parts: Any) -> None:
    writer = None
    make = pyarrow.csv.CSVWriter if kind == "csv" else pyarrow.parquet.ParquetWriter
    for table in parts:
        plain = table.replace_schema_metadata(None)
        writer = writer or make(path, plain.schema)
        writer.write_table(plain)
    if writer is not None:
        writer.close()


def _words(events: Any) -> Any:
    return events.astype({"kind": str, "why": str})


def _chosen(rows: list[dict[str, Any]], wanted: list[str] | None) -> list[dict[str, Any]]:
    known = {row["measure"] for row in rows}
    for name in wanted or ():
        if name not in known:
            raise InputError(
                f"--measure: nothing is called {name!r}{did_you_mean(name, known)} Known: {', '.join(sorted(known))}."
            )
    return [row for row in rows if wanted is None or row["measure"] in wanted]


def _difference_table(rows: list[dict[str, Any]], level: float) -> tuple[list[str], list[list[str]]]:
    per_cent = f"{level:.0%}"
    columns = [
        "measure",
        "unit",
        "n",
        "base",
        "other",
        "difference",
        f"paired {per_cent}",
        f"unpaired {per_cent}",
        "variance removed",
        "p",
    ]
    several = any("arm" in row for row in rows)
    body = [([str(row["arm"])] if several else []) + _difference_row(row) for row in rows]
    return (["arm"] if several else []) + columns, body


def _difference_row(row: Mapping[str, Any]) -> list[str]:
    removed = row["variance_removed"]
    return [
        str(row["measure"]),
        str(row["unit"]),
        str(row["n"]),
        printing.number(row["mean_a"]),
        printing.number(row["mean_b"]),
        printing.number(row["difference"]),
        printing.interval(row["interval"]),
        printing.interval(row["unpaired_interval"]),
        "–" if removed is None else f"{removed:.0%}",
        "–" if row["p_value"] is None else f"{row['p_value']:.3g}",
    ]


__all__ = ["compare", "export", "report", "sweep"]
