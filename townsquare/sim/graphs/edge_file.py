"""The rows of a file of edges, whatever its format."""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from townsquare.protocols.columns import FloatArray
from townsquare.protocols.errors import DataError

_SOURCE = ("source", "src", "from", "follower", "listener", "node1", "u", "i")
_TARGET = ("target", "dst", "dest", "to", "followee", "followed", "node2", "v", "j")
_WEIGHT = ("weight", "w", "count")
_SEPARATORS = ("\t", ",", ";")
_COMMENTS = ("#", "%")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$")
_HEAD = 200
"""Rows looked at to tell a header from a row."""


@dataclass(frozen=True, slots=True)
class EdgeRows:
    """What a file says, row by row, before any of it is checked against anything."""

    source: pa.Array
    """(m,) ids as text, none empty."""
    target: pa.Array
    """(m,) likewise."""
    weights: FloatArray | None
    """(m,) above 0; None where the file has none."""
    place: Callable[[int], str]
    """Where a row stands in the file, in words."""
    notes: tuple[str, ...] = ()


def read_text(path: Path) -> EdgeRows:
    """Two ids per line, and where known a weight, separated by tabs, commas, semicolons or blanks.

    Lines before the first row that begin with # or % are comments. The first row is a header where it names two known
    columns, or holds a word in a column of numbers. Raises DataError in one sentence.
    """
    first, skip = _first_line(path)
    separator = next((mark for mark in _SEPARATORS if mark in first), r"\s+")
    cells = _blanks(path, skip) if len(separator) > 1 else _separated(path, separator, skip)
    if len(cells) < 2:
        raise DataError(f"{path}, line {skip + 1}: an edge has two ends, separated by tabs, commas or blanks.")
    names = _header(cells)
    notes = []
    if names is not None:
        cells = [cell.slice(1) for cell in cells]
        notes.append(f"the first row of {path.name} ({', '.join(names)}) was taken as a header")

    def place(row: int) -> str:
        return f"line {_line(path, separator, skip, row + (names is not None))}"

    return _rows(path, names, cells, place, notes)


def read_parquet(path: Path) -> EdgeRows:
    """Columns source and target, and where known weight; otherwise the first two columns."""
    try:
        table = pa.parquet.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{path} cannot be read as Parquet: {_said(error)}.") from error
    if table.num_columns < 2:
        raise DataError(f"{path} has {table.num_columns} columns, and an edge has two ends: source and target.")
    try:
        cells = [_combined(pc.fill_null(pc.cast(column, pa.string()), "")) for column in table.columns]
    except pa.ArrowException as error:
        raise DataError(f"{path} has a column that cannot be read as text: {_said(error)}.") from error
    return _rows(path, list(table.column_names), cells, lambda row: f"row {row + 1}", [])


def read_networkx(path: Path) -> "tuple[EdgeRows, dict[str, Any], bool]":
    """GraphML or GEXF: its edges, its nodes with their attributes by id, and whether it is directed."""
    import networkx as nx  # heavy

    kind = "GEXF" if path.suffix.lower() == ".gexf" else "GraphML"
    try:
        graph: Any = nx.read_gexf(path) if kind == "GEXF" else nx.read_graphml(path)
    except Exception as error:  # the parsers raise what they like
        raise DataError(f"{path} cannot be read as {kind}: {_said(error)}.") from error
    nodes = {str(node): dict(data) for node, data in graph.nodes(data=True)}
    edges = [(str(a), str(b), data.get("weight")) for a, b, data in graph.edges(data=True)]
    source, target = ([edge[end] for edge in edges] for end in (0, 1))
    cells = [pa.array(source, pa.string()), pa.array(target, pa.string())]
    names = ["source", "target"]
    if any(weight is not None for *_, weight in edges):
        names.append("weight")
        cells.append(pa.array(["1" if w is None else str(w) for *_, w in edges], pa.string()))
    rows = _rows(path, names, cells, lambda row: f"edge {source[row]} - {target[row]}", [])
    return rows, nodes, bool(graph.is_directed())


def _rows(
    path: Path, names: list[str] | None, cells: Sequence[pa.Array], place: Callable[[int], str], notes: list[str]
) -> EdgeRows:
    if not len(cells[0]):
        raise DataError(f"{path} has no edges.")
    one, other, third = _columns(path, names, len(cells))
    for cell, end in ((cells[one], "first"), (cells[other], "second")):
        empty = pc.index(cell, "").as_py()
        if empty >= 0:
            raise DataError(f"{path}, {place(empty)}: the {end} end of the edge is empty.")
    if names is None and third is not None:
        notes.append(f"the third column of {path.name} was taken as weights")
    weights = None if third is None else _weights(path, cells[third], place)
    return EdgeRows(cells[one], cells[other], weights, place, tuple(notes))


def _columns(path: Path, names: list[str] | None, width: int) -> tuple[int, int, int | None]:
    """Which columns hold the two ends and the weight."""
    if names is None:
        if width > 3:
            raise DataError(
                f"{path} has {width} columns and no header: give two ids per row and at most a weight, or name the "
                "columns source, target and weight."
            )
        return 0, 1, 2 if width == 3 else None
    one, other, third = (_place(names, known) for known in (_SOURCE, _TARGET, _WEIGHT))
    return (0, 1, third) if one is None or other is None or one == other else (one, other, third)


def _place(names: list[str], known: tuple[str, ...]) -> int | None:
    return next((i for i, name in enumerate(names) if name.strip().lower() in known), None)


def _weights(path: Path, cell: pa.Array, place: Callable[[int], str]) -> FloatArray:
    values = pd.to_numeric(cell.to_pandas(), errors="coerce").to_numpy(np.float64)
    bad = np.flatnonzero(~(np.isfinite(values) & (values > 0)))
    if len(bad):
        row = int(bad[0])
        raise DataError(f"{path}, {place(row)}: the weight must be a number above 0 (got {cell[row].as_py()!r}).")
    return values


def _header(cells: Sequence[pa.Array]) -> list[str] | None:
    """The names in the first row, if it is no edge."""
    head = [cell.slice(0, _HEAD).to_pylist() for cell in cells]
    names = [column[0] for column in head]
    lower = [name.lower() for name in names]
    if lower[0] in _SOURCE and lower[1] in _TARGET:
        return names
    numbered = [column for column in head if len(column) > 1 and all(_NUMBER.match(cell) for cell in column[1:])]
    return names if any(not _NUMBER.match(column[0]) for column in numbered) else None


def _separated(path: Path, separator: str, skip: int) -> list[pa.Array]:
    """The columns of a file with one sign between cells, as text without blanks around it."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for _ in range(skip):
            next(file)
        width = len(next(csv.reader(file, delimiter=separator)))
    try:
        table = pa.csv.read_csv(
            path,
            read_options=pa.csv.ReadOptions(column_names=[f"{i}" for i in range(width)], skip_rows=skip),
            parse_options=pa.csv.ParseOptions(delimiter=separator, newlines_in_values=True),
            convert_options=pa.csv.ConvertOptions(
                column_types={f"{i}": pa.string() for i in range(width)}, strings_can_be_null=False
            ),
        )
    except pa.ArrowException as error:
        ragged = _ragged(path, separator, skip, width)
        raise DataError(ragged or f"{path} cannot be read as a list of edges: {_said(error)}.") from error
    return [pc.utf8_trim_whitespace(_combined(column)) for column in table.columns]


def _blanks(path: Path, skip: int) -> list[pa.Array]:
    """The columns of a file with any run of blanks between cells."""
    try:
        table = pd.read_csv(
            path,
            sep=r"\s+",
            header=None,
            skiprows=skip,
            dtype="string[pyarrow]",
            keep_default_na=False,
            encoding="utf-8-sig",
        )
    except (pd.errors.ParserError, UnicodeDecodeError, ValueError) as error:
        raise DataError(f"{path} cannot be read as a list of edges: {_said(error)}.") from error
    return [_combined(pa.array(table[name].fillna(""), pa.string())) for name in table.columns]


def _ragged(path: Path, separator: str, skip: int, width: int) -> str:
    """What is wrong with the first row that has more or fewer cells than the first; "" where there is none."""
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
        for _ in range(skip):
            next(file)
        reader = csv.reader(file, delimiter=separator)
        for record in reader:
            if record and len(record) != width:
                return f"{path}, line {skip + reader.line_num}: {len(record)} cells where the first row has {width}."
    return ""


def _combined(column: Any) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _first_line(path: Path) -> tuple[str, int]:
    """The first line that is neither a comment nor blank, and how many come before it."""
    try:
        with path.open("rb") as file:
            if b"\0" in file.read(4096):
                raise DataError(f"{path} is not text: it holds zero bytes (UTF-8 is needed).")
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file):
                if line.strip() and not line.startswith(_COMMENTS):
                    return line.strip("\r\n"), number
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read as UTF-8 text: {error}.") from error
    raise DataError(f"{path} is empty: it has no edges.")


def _line(path: Path, separator: str, skip: int, record: int) -> int:
    """The line on which a record (from 0, the header counted, blank lines not) begins; read only for a message."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for _ in range(skip):
            next(file)
        for number, line in enumerate(_begins(file, separator)):
            if number == record:
                return skip + line
    return skip + record + 1


def _begins(file: Any, separator: str) -> Iterator[int]:
    """The line, from 1, on which each record begins."""
    if len(separator) > 1:
        yield from (number for number, line in enumerate(file, 1) if line.strip())
        return
    reader = csv.reader(file, delimiter=separator)
    before = 0
    for record in reader:
        if record:
            yield before + 1
        before = reader.line_num


def _said(error: BaseException) -> str:
    """The first line of what a parser said."""
    text = (str(error).strip().splitlines() or [type(error).__name__])[0].removeprefix("Error tokenizing data. ")
    return " ".join(text.removeprefix("C error: ").split()).rstrip(".")
