"""A published data set as tables in our own columns: articles.parquet and interactions.parquet."""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from townsquare.protocols import DataError, FloatArray
from townsquare.sim.data.layout import ArticleLayout, InteractionLayout, Layout
from townsquare.sim.data.sets import TABLES, UNPACKED, DataSet

RECORD = "tables.json"
"""Written last, beside the tables: their sizes and rows, and the layout they were made by."""
_VERSION = 1  # of the rules in this file: a change of them makes the tables anew
_BLOCK = 1 << 24
_CODE = pa.dictionary(pa.int32(), pa.string())
_UNIT = b"\x1f"  # stands in for a separator of several characters


def convert(data_set: DataSet, home: Path, again: bool = False) -> bool:
    """See to it that the tables of a fetched data set are there; whether they had to be made.

    They lie in ``home``, beside the folder with the publisher's files, which stay as they are. Raises DataError when
    a file is not laid out as registered.
    """
    layouts = {"articles": data_set.articles, "interactions": data_set.interactions}
    wanted = {role: layout for role, layout in layouts.items() if layout is not None}
    made_by = _signature(wanted)
    if not wanted or (not again and _intact(home, made_by, wanted)):
        return False
    (home / RECORD).unlink(missing_ok=True)
    made: dict[str, pa.Table] = {}
    left_out = 0
    if data_set.articles is not None:
        made["articles"] = _articles(_files(data_set, home, data_set.articles), data_set.articles)
    if data_set.interactions is not None:
        rows = _interactions(_files(data_set, home, data_set.interactions), data_set.interactions)
        if "articles" in made:
            known = pc.is_in(rows["item_id"].cast(pa.string()), made["articles"]["item_id"])
            left_out = len(rows) - pc.sum(known).as_py()
            rows = rows.filter(known)
        made["interactions"] = rows
    tables: dict[str, dict[str, int]] = {}
    for role, table in made.items():
        if not len(table):
            raise DataError(f"data set {data_set.name!r}: no row of {layouts[role].file} is of use.")  # type: ignore[union-attr]
        new = home / f"{TABLES[role]}.part"
        pq.write_table(table, new, compression="zstd")
        os.replace(new, home / TABLES[role])
        tables[TABLES[role]] = {"rows": len(table), "bytes": (home / TABLES[role]).stat().st_size}
    new = home / f"{RECORD}.part"
    body = {"layout": made_by, "tables": tables, "interactions without an article, left out": left_out}
    new.write_text(json.dumps(body, indent=1) + "\n", "utf-8")
    os.replace(new, home / RECORD)
    return True


def rows_of(home: Path) -> dict[str, int]:
    """Rows of each table that was made, by file name; empty where none was."""
    try:
        return {name: table["rows"] for name, table in json.loads((home / RECORD).read_text("utf-8"))["tables"].items()}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _signature(layouts: dict[str, Any]) -> str:
    body = [_VERSION, {role: layout.model_dump(mode="json") for role, layout in layouts.items()}]
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:16]


def _intact(home: Path, made_by: str, roles: dict[str, Any]) -> bool:
    try:
        record = json.loads((home / RECORD).read_text("utf-8"))
        sizes = {TABLES[role]: (home / TABLES[role]).stat().st_size for role in roles}
        return record["layout"] == made_by and all(record["tables"][n]["bytes"] == size for n, size in sizes.items())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _files(data_set: DataSet, home: Path, layout: Layout) -> list[Path]:
    # archives of other systems carry folders of their own that mirror the files
    found = (path for path in (home / UNPACKED).rglob(layout.file) if "__MACOSX" not in path.parts)
    files = sorted(path for path in found if path.is_file() and not path.name.startswith("._"))
    names = [path.name for path in files]
    if not files:
        raise DataError(f"data set {data_set.name!r}: there is no {layout.file} in {home / UNPACKED}.")
    if len(data_set.files) < 2 and len(set(names)) < len(names):
        raise DataError(f"data set {data_set.name!r}: there is more than one {layout.file} in {home / UNPACKED}.")
    return files


def _articles(files: Sequence[Path], layout: ArticleLayout) -> pa.Table:
    """item_id, text and, where the set has them, author and category; of a repeated id the first row counts."""
    named = [name for name in (*layout.text, layout.author, layout.category) if name and name != "flags"]
    kinds = dict.fromkeys([layout.item_id, *named, *layout.flags, *layout.needs], pa.string())
    out: dict[str, dict[str, str]] = {}
    for path in files:
        for table in _tables(path, layout, kinds):
            for row in table.to_pylist():
                number = row[layout.item_id].strip()
                if not number:
                    raise DataError(f"{path}: {layout.item_id} is empty in a row; it is not laid out as expected.")
                if number not in out:
                    out[number] = _article(path, row, layout)
    columns = {"item_id": pa.array(out, pa.string())}
    for name in ("text", "author", "category"):
        if name == "text" or getattr(layout, name):
            columns[name] = pa.array([article[name] for article in out.values()], pa.string())
    return pa.table(columns)


def _article(path: Path, row: dict[str, str], layout: ArticleLayout) -> dict[str, str]:
    def values(column: str) -> list[str]:
        if column == "flags":
            if any(row[flag] not in ("0", "1") for flag in layout.flags):
                raise DataError(f"{path}: a flag of {row[layout.item_id]!r} is neither 0 nor 1.")
            return [flag for flag in layout.flags if row[flag] == "1"]
        cell = "" if row[column].strip() in layout.nothing else row[column]
        parts = cell.split(layout.several[column]) if column in layout.several else [cell]
        return [part.strip() for part in parts if part.strip()]

    def first(column: str) -> str:
        return next(iter(values(column)), "") if column else ""

    texts = (", ".join(values(column)) for column in layout.text)
    return {
        "text": ". ".join(text for text in texts if text),
        "author": first(layout.author),
        "category": first(layout.category),
    }


def _interactions(files: Sequence[Path], layout: InteractionLayout) -> pa.Table:
    """user_id, item_id and, where the set has them, rating and timestamp, each row once: the first of those alike."""
    kinds = {layout.user_id: _CODE, layout.item_id: pa.string() if layout.lists else _CODE}
    if layout.history:
        kinds[layout.history] = pa.string()
    if layout.timestamp:
        kinds[layout.timestamp] = pa.string() if layout.date_format else pa.float64()
    kinds |= dict.fromkeys([*layout.at_least, *([layout.rating] if layout.rating else [])], pa.float64())
    kinds |= dict.fromkeys(layout.needs, pa.string())
    unpack = _Lists(layout).rows if layout.lists else _single
    parts: list[pa.Table] = []
    for path in files:
        for table in _tables(path, layout, kinds):
            for column, least in layout.at_least.items():
                table = table.filter(pc.greater_equal(table[column], least))
            parts.append(unpack(path, table, layout))
    whole = pa.concat_tables(parts).unify_dictionaries().combine_chunks()
    # told apart by numbers, not by text: there may be millions
    keys = {name: _number(whole[name]) for name in whole.column_names if name != "rating"}
    if layout.lists and "timestamp" in keys:
        order = np.argsort(keys.pop("timestamp"), kind="stable")
        whole = whole.take(pa.array(order))
        keys = {name: key[order] for name, key in keys.items()}
    first = ~pd.DataFrame(keys).duplicated().to_numpy()
    whole = whole.filter(pa.array(first))
    for name in ("rating", "timestamp"):
        if name in whole.column_names:
            whole = whole.set_column(whole.column_names.index(name), name, _whole(whole[name]))
    return whole


def _single(path: Path, table: pa.Table, layout: InteractionLayout) -> pa.Table:
    """Rows of one item each."""
    columns = {"user_id": table[layout.user_id], "item_id": table[layout.item_id]}
    for name, column in columns.items():
        if not pc.all(pc.not_equal(column.cast(pa.string()), "")).as_py() and len(table):
            raise DataError(f"{path}: {name} is empty in a row; it is not laid out as expected.")
    if layout.rating:
        columns["rating"] = table[layout.rating]
    if layout.timestamp:
        columns["timestamp"] = pa.chunked_array([_times(path, table[layout.timestamp], layout)])
    for name in columns.keys() - {"user_id", "item_id"}:
        if not pc.all(pc.is_finite(columns[name])).as_py() and len(table):
            raise DataError(f"{path}: a {name} is not a finite number; it is not laid out as expected.")
    return pa.table(columns)


class _Lists:
    """Rows of several items each: what a user had taken to before, and what was shown, with what came of it."""

    def __init__(self, layout: InteractionLayout) -> None:
        self.since: dict[tuple[str, str], float] = {}  # the earliest time of each user and history

    def rows(self, path: Path, table: pa.Table, layout: InteractionLayout) -> pa.Table:
        """The history carries the time of the row it stands in: it is older, nobody says by how much."""
        users: list[str] = []
        items: list[str] = []
        times: list[float] = []
        columns = [table[name].to_pylist() for name in (layout.user_id, layout.history, layout.item_id)]
        when = _times(path, table[layout.timestamp], layout) if layout.timestamp else np.zeros(len(table))
        for user, history, shown, time in zip(*columns, when.tolist(), strict=True):
            taken = history.split() if time < self.since.get((user, history), np.inf) else []
            if taken:
                self.since[user, history] = time
            for one in shown.split():
                item, _, how = one.rpartition("-")
                if how not in ("0", "1") or not item:
                    raise DataError(f"{path}: {one!r} does not end in -0 or -1; it is not laid out as expected.")
                if how == "1":
                    taken.append(item)
            users += [user] * len(taken)
            items += taken
            times += [time] * len(taken)
        texts = {"user_id": users, "item_id": items}
        coded = {name: pa.chunked_array([pa.array(text, pa.string()).cast(_CODE)]) for name, text in texts.items()}
        if layout.timestamp:
            coded["timestamp"] = pa.chunked_array([pa.array(times, pa.float64())])
        return pa.table(coded)


def _times(path: Path, column: pa.ChunkedArray, layout: InteractionLayout) -> FloatArray:
    """Seconds since 1970."""
    if not layout.date_format:
        return column.to_numpy() / layout.per_second
    try:
        dates = pd.to_datetime(pd.Series(column.to_pylist()), format=layout.date_format, utc=True)
    except ValueError as error:
        raise DataError(f"{path}: a time is not written as {layout.date_format!r}: {_line(error)}.") from error
    return ((dates - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(seconds=1)).to_numpy(np.float64)


def _number(column: pa.ChunkedArray) -> Any:
    joined = column.combine_chunks()
    joined = joined.chunk(0) if isinstance(joined, pa.ChunkedArray) else joined
    return joined.indices.to_numpy() if pa.types.is_dictionary(joined.type) else joined.to_numpy()


def _whole(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whole numbers as such."""
    whole = pc.all(pc.equal(column, pc.floor(column))).as_py() and (pc.max(pc.abs(column)).as_py() or 0) < 2**53
    return column.cast(pa.int64()) if whole else column


def _tables(path: Path, layout: Layout, kinds: dict[str, pa.DataType]) -> Iterator[pa.Table]:
    """The columns asked for, some thousands of rows at a time."""
    try:
        yield from (_quoted if layout.separator == "," else _plain)(path, layout, kinds)
    except (UnicodeDecodeError, pa.ArrowInvalid, pa.ArrowKeyError) as error:
        raise DataError(f"{path} is not laid out as expected: {_line(error)}.") from error


def _quoted(path: Path, layout: Layout, kinds: dict[str, pa.DataType]) -> Iterator[pa.Table]:
    reading = pa.csv.ReadOptions(
        block_size=_BLOCK, encoding=layout.encoding, column_names=list(layout.columns) or None, use_threads=False
    )
    parsing = pa.csv.ParseOptions(newlines_in_values=True)
    for batch in pa.csv.open_csv(path, reading, parsing, _conversion(kinds)):
        yield pa.Table.from_batches([batch])


def _plain(path: Path, layout: Layout, kinds: dict[str, pa.DataType]) -> Iterator[pa.Table]:
    """Without quotes every line is a row, so blocks of lines can be read one by one, whatever the separator."""
    separator = layout.separator.encode()
    names = list(layout.columns)
    for block in _lines(path):
        text = block.decode(layout.encoding).encode() if layout.encoding != "utf-8" else block
        if len(separator) > 1:
            if _UNIT in text:
                raise DataError(f"{path} is not laid out as expected: it holds a control character.")
            text = text.replace(separator, _UNIT)
        skip = 0
        mark = separator.decode() if len(separator) == 1 else _UNIT.decode()
        if not names:
            head = text.split(b"\n", 1)[0].decode("utf-8-sig").rstrip("\r")
            names, skip = [name.strip() for name in head.split(mark)], 1
        yield pa.csv.read_csv(
            pa.BufferReader(text),
            pa.csv.ReadOptions(column_names=names, skip_rows=skip, block_size=4 * _BLOCK, use_threads=False),
            pa.csv.ParseOptions(delimiter=mark, quote_char=False),
            _conversion(kinds),
        )


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block + file.readline()


def _conversion(kinds: dict[str, pa.DataType]) -> Any:
    return pa.csv.ConvertOptions(include_columns=list(kinds), column_types=kinds, strings_can_be_null=False)


def _line(error: BaseException) -> str:
    text = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
    return text if len(text) <= 200 else text[:197] + "..."
