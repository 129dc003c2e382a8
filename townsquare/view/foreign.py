"""Run folders whose tables somebody else wrote: told before a page trips over them. No Streamlit here."""

from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from townsquare.protocols.runfolder import RunFolder

_NUMBERS = {"agent", "tick", "seq", "item", "kind", "rank", "ref", "why", "author", "born", "category"}
_NAMED = ("verdicts", "category")
"""The one column of those names that holds words."""
_HOLD = {
    "agents": ("agent", "name", "group"),
    "measures": ("tick", "measure", "group", "value"),
    "events": ("tick", "seq", "agent", "kind", "item", "value", "rank", "ref", "why"),
    "items": ("item", "name", "author", "born", "category", "quality", "text"),
    "verdicts": ("tick", "item", "agent", "by", "action", "score", "category", "rationale", "spans", "evidence"),
}
"""Columns that docs/run-folder.md promises."""


def foreign(run: RunFolder) -> str:
    """What is wrong with the columns of a run's tables, in a sentence; "" where nothing is.

    Looked at are agents, measures, and the newest events, items and verdicts. A table that is missing or torn is
    nobody's business here: whoever reads it says so.
    """
    return _foreign(run.path, run.info.ticks_done, run.info.digest)


@lru_cache(maxsize=256)
def _foreign(path: Path, ticks: int, digest: str) -> str:
    run = RunFolder(path)
    tables = {"agents": path / "agents.parquet", "measures": path / "measures.parquet"}
    own = run.info.parent is None or run.info.parent.at < run.info.ticks_done
    if run.info.ticks_done and own:
        tables |= {kind: run.segment(kind, run.info.ticks_done - 1) for kind in ("events", "items", "verdicts")}
    for kind, table in tables.items():
        try:
            schema = pq.read_schema(table)
        except (pa.ArrowException, OSError):
            continue
        for column in _HOLD[kind]:
            if column not in schema.names:
                return f"{table} was not written by townsquare: it has no column {column!r}."
            if (kind, column) != _NAMED and column in _NUMBERS and not pa.types.is_integer(schema.field(column).type):
                return f"{table} was not written by townsquare: its column {column!r} is no number."
    return ""
