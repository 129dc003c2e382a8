"""Graphs from files: lists of edges, GraphML, GEXF, with or without a table of their nodes."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet
from numpy.typing import NDArray

from townsquare.protocols.columns import IntArray
from townsquare.protocols.errors import DataError
from townsquare.sim.data.sheet import FORMATS, Sheet
from townsquare.sim.graphs.edge_file import EdgeRows, read_networkx, read_parquet, read_text
from townsquare.sim.graphs.exchange import from_networkx, to_networkx
from townsquare.sim.graphs.graph import Graph
from townsquare.sim.graphs.joined import joined
from townsquare.sim.graphs.labelled import LabelledGraph

__all__ = ["from_networkx", "read_graph", "read_labelled", "to_networkx"]

_WHOLE = re.compile(r"-?\d+$")


def read_graph(path: str | Path, *, table: str | Path | None = None, directed: bool = False) -> Graph:
    """The graph of a file (``read_labelled``)."""
    return read_labelled(path, table=table, directed=directed).graph


def read_labelled(path: str | Path, *, table: str | Path | None = None, directed: bool = False) -> LabelledGraph:
    """The graph of a file, with what is known of its nodes.

    Ids are any text, and need not follow one another. Without a table, nodes are those that some edge names, sorted as
    numbers where all ids are whole numbers and as text otherwise, so that the order of the rows changes nothing.

    Args:
        path: edges as CSV, TSV, separated by blanks, or Parquet (two ids per row, and where known a weight, with or
            without a header); or .graphml or .gexf.
        table: CSV, TSV or Parquet with a column ``id``, a row for every node there is (with or without edges), whose
            other columns become labels; nodes are in its order.
        directed: whether an edge holds one way only: its first end listens to its second. GraphML and GEXF say it
            themselves.

    Returns:
        The graph, the labels, and notes: a header that was found, loops that were dropped, repeated edges whose
        weights were added up (or, without weights, that count once).

    Raises:
        DataError: one sentence with file and line: no such file, no edges, an end that is empty or that the table does
            not list, a weight that is no number above 0.
    """
    path = Path(path)
    if not path.is_file():
        raise DataError(f"{path} {'is a folder, not a file' if path.is_dir() else 'does not exist'}.")
    suffix = path.suffix.lower()
    nodes: dict[str, Any] | None = None
    if suffix in (".graphml", ".gexf"):
        rows, nodes, directed = read_networkx(path)
    else:
        rows = read_parquet(path) if suffix == ".parquet" else read_text(path)
    if table is not None:
        ids, labels = _table(Path(table))
    elif nodes is not None:
        ids, labels = list(nodes), _attributes(nodes)
    else:
        ids, labels = _named(rows), {}
    source, target = _numbered(rows.source, ids), _numbered(rows.target, ids)
    _refuse_dangling(path, rows, source, target, table)
    made = joined(source, target, tuple(ids), weights=rows.weights, directed=directed)
    notes = list(rows.notes)
    if made.loops:
        what = (
            "edges lead from a node to itself and were"
            if made.loops > 1
            else "edge leads from a node to itself and was"
        )
        notes.append(f"{path.name}: {made.loops:,} {what} dropped")
    if made.repeats:
        what = "rows repeat an edge" if made.repeats > 1 else "row repeats an edge"
        became = "it counts once" if rows.weights is None else "its weights were added up"
        notes.append(f"{path.name}: {made.repeats:,} {what}; {became}")
    return LabelledGraph(made.graph, labels, tuple(notes))


def _named(rows: EdgeRows) -> list[str]:
    """The ids that edges name, each once, in an order of their own."""
    ends = pa.chunked_array([rows.source, rows.target])
    names: list[str] = pc.unique(ends).to_pylist()
    return sorted(names, key=_by_number) if all(map(_WHOLE.match, names)) else sorted(names)


def _by_number(name: str) -> tuple[int, str]:
    return int(name), name  # 07 beside 7


def _numbered(ends: pa.Array, ids: list[str]) -> IntArray:
    """Places of ids; -1 for one that is not there."""
    found = pc.index_in(ends, pa.array(ids, ends.type))
    return np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False))


def _refuse_dangling(path: Path, rows: EdgeRows, source: IntArray, target: IntArray, table: Any) -> None:
    bad = np.flatnonzero((source < 0) | (target < 0))
    if not len(bad):
        return
    row = int(bad[0])
    name = (rows.source if source[row] < 0 else rows.target)[row].as_py()
    count = f"{len(bad):,} edges name nodes" if len(bad) > 1 else "it is the only edge that names a node"
    raise DataError(
        f"{path}, {rows.place(row)}: the edge dangles, for node {name!r} is not in {table}, which has to list all "
        f"nodes; {count} not listed."
    )


def _table(path: Path) -> tuple[list[str], dict[str, NDArray[Any]]]:
    """The ids of a table of nodes, and its other columns."""
    sheet = Sheet.read(path, ("id",), _other_columns(path)).ids("id")
    ids = sheet.columns["id"].to_pylist()
    again = pd.Series(ids).duplicated().to_numpy()
    if again.any():
        row = int(np.flatnonzero(again)[0])
        raise DataError(f"{path}, {sheet.place(row)}: node {ids[row]!r} is there already; each may have one row.")
    labels = {
        name: np.asarray(pc.fill_null(column, "").to_pylist(), object)
        for name, column in sheet.columns.items()
        if name != "id"
    }
    return ids, labels


def _other_columns(path: Path) -> list[str]:
    """The columns beside ``id``; nothing for a file that Sheet will refuse."""
    try:
        if path.suffix.lower() == ".parquet":
            names = pa.parquet.read_schema(path).names
        else:
            names = list(pd.read_csv(path, sep=FORMATS[path.suffix.lower()], nrows=0).columns)
    except (OSError, KeyError, ValueError, pa.ArrowException):
        return []
    return [str(name).strip() for name in names if str(name).strip() not in ("", "id")]


def _attributes(nodes: dict[str, Any]) -> dict[str, NDArray[Any]]:
    """What a file of networkx's says of its nodes."""
    names = sorted({name for said in nodes.values() for name in said})
    return {name: np.array([str(said.get(name, "")) for said in nodes.values()], object) for name in names}
