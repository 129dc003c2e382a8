"""How results look on a terminal and in a pipe."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table

Step = Callable[[int, int], None]


def console() -> Console:
    """Standard output; wide enough that a table in a pipe is never folded."""
    out = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    return out if out.is_terminal else Console(file=sys.stdout, highlight=False, width=200)


@contextmanager
def progress(title: str, *, quiet: bool = False) -> Iterator[Step | None]:
    """A bar with ticks per second and the time left on a terminal; nothing when piped, or ``quiet``."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None, speed="")
        began, first = time.perf_counter(), -1

        def step(done: int, of: int) -> None:
            nonlocal first
            first = done - 1 if first < 0 else first
            speed = (done - first) / max(time.perf_counter() - began, 1e-9)
            bar.update(task, completed=done, total=of, speed=f"{speed:.1f} ticks/s")

        yield step


@contextmanager
def steps(title: str) -> Iterator[Callable[[str, int, int], None] | None]:
    """A bar that says what is being done; a line per stage when piped would be noise, so nothing then."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task, now = bar.add_task(title, total=None), title

        def step(what: str, done: int, of: int) -> None:
            nonlocal task, now
            if what != now:
                bar.remove_task(task)
                task, now = bar.add_task(what, total=of), what
            bar.update(task, completed=done, total=of)

        yield step


def summary(rows: Sequence[Mapping[str, Any]], phases: Sequence[Any]) -> None:
    """Start, peak and end of the main measures, and the phases of the run's life."""
    columns = ("measure", "start", "peak", "at tick", "end")
    body = [
        (row["label"], number(row["start"]), number(row["peak"]), number(row["peak_tick"], 0), number(row["end"]))
        for row in rows
    ]
    table("What happened", columns, body)
    if phases:
        from townsquare.dashboard.phases import RULE

        spans = [(phase.name, _span(phase), phase.why) for phase in phases]
        table("Phases", ("phase", "ticks", "why"), spans)
        console().print(f"[dim]Rule: {RULE}[/dim]", markup=True)


def ledger(totals: Mapping[str, Any]) -> None:
    """What was asked of language models and of agents elsewhere, per purpose and in all."""
    columns = ("purpose", "asks", "answered", "repaired", "invalid", "refused", "failed", "calls", "from cassette")
    more = ("tokens in", "tokens out", "USD", "s per ask (p95)")
    body = []
    for name, row in [*totals["purposes"].items(), ("all", totals)]:
        counts = [f"{row[key]:,}" for key in ("asks", "answered", "repaired", "invalid", "refused", "failed", "calls")]
        waits = "" if row["seconds"] is None else f"{row['seconds']:.2f} ({row['seconds_p95']:.2f})"
        money = "price unknown" if row["usd"] is None or (row["unpriced"] and not row["usd"]) else f"{row['usd']:.4f}"
        body.append(
            (name, *counts, f"{row['replayed']:,}", f"{row['tokens_in']:,}", f"{row['tokens_out']:,}", money, waits)
        )
    table("Asked of language models and of agents elsewhere", (*columns, *more), body)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table; the first column to the left, numbers to the right."""
    drawn = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for i, name in enumerate(columns):
        numeric = bool(rows) and i > 0 and all(_is_number(row[i]) for row in rows)
        drawn.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*(cell.replace("[", r"\[") for cell in row))
    out = console()
    out.print()
    out.print(drawn)


def pairs(title: str, values: Mapping[str, str]) -> None:
    """Names and values, one a line, never folded: they are there to be copied."""
    width = max(len(name) for name in values)
    print(f"\n{title}" if title else "")
    for name, value in values.items():
        print(f"{name:<{width}}  {value}")


def number(value: float | None, digits: int = 3) -> str:
    """A number with ``digits`` decimals; a dash for nothing."""
    if value is None or value != value:
        return "–"
    return f"{value:,.{digits}f}"


def interval(ends: Sequence[float] | None) -> str:
    """``[low, high]``; a dash where there is none."""
    return "–" if ends is None else f"[{ends[0]:+.4g}, {ends[1]:+.4g}]"


def duration(seconds: float) -> str:
    """Seconds as a person would say them."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def toml(values: Mapping[str, Any], path: str = "") -> str:
    """A scenario as the dotted TOML lines that --set and scenario files take; empty settings are left out."""
    lines = []
    for key, value in values.items():
        here = f"{path}{key}"
        if isinstance(value, Mapping):
            lines.append(toml(value, f"{here}."))
        elif value is not None:
            lines.append(f"{here} = {_literal(value)}")
    return "\n".join(line for line in lines if line)


def plain(value: Any) -> Any:
    """A dataclass as a dict, for JSON."""
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(k)} = {_literal(v)}" for k, v in value.items() if v is not None) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_literal(v) for v in value) + "]"
    return repr(value)


def _key(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() else f'"{key}"'


def _is_number(cell: str) -> bool:
    return cell in {"", "–"} or cell.replace(",", "").replace(".", "").replace("+", "").replace("-", "").isdigit()


def _span(phase: Any) -> str:
    return f"{phase.first}" if phase.first == phase.last else f"{phase.first} to {phase.last}"


@contextmanager
def transfer(title: str) -> Iterator[Callable[[int, int | None], None] | None]:
    """A bar for a download with the time left on a terminal; nothing when piped."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def complain(failure: Mapping[str, Any]) -> None:
    """A run of a sweep that failed, on standard error."""
    said = ", ".join(f"{key} {value}" for key, value in failure.items() if value is not None)
    print(f"townsquare: a run failed: {said}", file=sys.stderr)
