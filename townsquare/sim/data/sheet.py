"""A file of rows and named columns, whatever its format, with every cell as text or missing."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from townsquare.protocols import DataError
from townsquare.protocols.errors import did_you_mean

FORMATS = {".csv": ",", ".tsv": "\t", ".inter": "\t", ".item": "\t", ".parquet": ""}
"""File endings with the separator of each; RecBole's atomic files are .inter and .item."""
_ATOMIC = (".inter", ".item")
_SIGNATURES = {b"PAR1": "a Parquet file", b"PK\x03\x04": "a zip archive", b"\x1f\x8b": "a gzip archive"}
_BLOCK = 1 << 26  # bytes read at a time; a single row may not be longer


@dataclass(frozen=True, slots=True)
class Sheet:
    """Named columns of text, all of the same length."""

    path: Path
    columns: dict[str, pa.ChunkedArray]
    """Arrow string columns without surrounding blanks; null or "" where a cell is empty."""

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    @classmethod
    def read(cls, path: Path, required: Sequence[str], optional: Sequence[str] = ()) -> "Sheet":
        """The required and those of the optional columns that are there; other columns are ignored.

        Raises DataError when the file is missing or not a table, a required column is missing, or there are no rows.
        """
        read = _read_parquet if path.suffix.lower() == ".parquet" else _read_text
        try:
            _refuse_no_file(path)
            sheet = cls(path, read(path, required, optional))
        except OSError as error:
            raise DataError(f"{path} cannot be read: {error.strerror or error}.") from error
        if not len(sheet):
            raise DataError(f"{path} has no rows below its header.")
        return sheet

    def place(self, row: int) -> str:
        """Where a row (from 0) stands in the file, for an error message: its line, or its row in a Parquet file."""
        if self.path.suffix.lower() == ".parquet":
            return f"row {row + 1}"
        for number, (_, line, _) in enumerate(_records(self.path)):
            if number == row + 1:  # the header is record 0
                return f"line {line}"
        return f"row {row + 1}"

    def refuse_empty(self, name: str) -> None:
        """Raises DataError at the first empty cell of a column."""
        # "nan" is how some programs write a cell that holds nothing
        empty = pc.is_in(pc.utf8_lower(pc.fill_null(self.columns[name], "")), pa.array(["", "nan"]))
        count = pc.sum(empty).as_py()
        if count:
            row = pc.index(empty, True).as_py()
            others = f" ({count} such cells in all)" if count > 1 else ""
            raise DataError(f"{self.path}, {self.place(row)}: {name} is empty{others}; every row needs one.")

    def ids(self, name: str) -> "Sheet":
        """The sheet with one column as ids: no cell empty, and whole numbers without a ``.0`` behind them."""
        self.refuse_empty(name)
        column = self.columns[name]
        # pandas writes whole numbers so where a column once held an empty cell; "1.0" beside "1.5" stays as it is
        if pc.all(pc.match_substring_regex(column, r"^-?\d+\.0$")).as_py():
            column = pc.replace_substring(column, ".0", "")
        return replace(self, columns={**self.columns, name: column})


def _refuse_no_file(path: Path) -> None:
    if not path.is_file():
        what = "is a folder, not a file" if path.is_dir() else "does not exist"
        raise DataError(f"{path} {what}.")
    if path.suffix.lower() in (".gz", ".zip", ".bz2", ".xz", ".zst"):
        raise DataError(f"{path} is packed; unpack it first.")
    if path.suffix.lower() not in FORMATS:
        raise DataError(f"{path} is of no known format: the name must end in one of {', '.join(FORMATS)}.")


def _read_text(path: Path, required: Sequence[str], optional: Sequence[str]) -> dict[str, pa.ChunkedArray]:
    _refuse_binary(path)
    suffix = path.suffix.lower()
    header, skip = _header(path)
    _refuse_open_quote(path)
    names = [name.strip().split(":")[0] if suffix in _ATOMIC else name.strip() for name in header]
    wanted = _wanted(path, names, required, optional)
    quote: Any = False if suffix in _ATOMIC else '"'
    try:
        table = pa.csv.read_csv(
            path,
            read_options=pa.csv.ReadOptions(
                column_names=[f"{i}" for i in range(len(names))], skip_rows=skip, block_size=_BLOCK, use_threads=False
            ),
            parse_options=pa.csv.ParseOptions(delimiter=FORMATS[suffix], quote_char=quote, newlines_in_values=True),
            convert_options=pa.csv.ConvertOptions(
                include_columns=[str(names.index(name)) for name in wanted],
                column_types={str(i): pa.string() for i in range(len(names))},
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        _refuse_ragged(path, len(names))
        raise DataError(f"{path} cannot be read as {suffix[1:].upper()}: {_first_line(error)}.") from error
    return {name: pc.utf8_trim_whitespace(table.column(i)) for i, name in enumerate(wanted)}


def _read_parquet(path: Path, required: Sequence[str], optional: Sequence[str]) -> dict[str, pa.ChunkedArray]:
    try:
        names = pa.parquet.read_schema(path).names
        wanted = _wanted(path, names, required, optional)
        table = pa.parquet.read_table(path, columns=wanted)
    except pa.ArrowException as error:
        raise DataError(f"{path} cannot be read as Parquet: {_first_line(error)}.") from error
    return {name: pc.utf8_trim_whitespace(_as_text(path, name, table.column(name))) for name in wanted}


def _as_text(path: Path, name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_temporal(kind):
        # seconds since 1970 with their fraction, as in the text formats
        micro = pa.timestamp("us", kind.tz if pa.types.is_timestamp(kind) else None)
        column = pc.divide(column.cast(micro).cast(pa.int64()).cast(pa.float64()), 1e6)
        kind = column.type
    if pa.types.is_floating(kind):
        # a missing number is NaN in one file and null in the next
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, kind), column)
        finite = pc.all(pc.is_finite(column)).as_py() is not False
        whole = finite and pc.all(pc.equal(column, pc.floor(column))).as_py() is not False
        small = whole and (pc.max(pc.abs(column)).as_py() or 0) < 2**53
        column = column.cast(pa.int64()) if small else column
    try:
        return column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise DataError(f"{path}: column {name!r} holds {kind}, which cannot be read as text or numbers.") from error


def _wanted(path: Path, names: Sequence[str], required: Sequence[str], optional: Sequence[str]) -> list[str]:
    """The columns to read; DataError when one is missing or named twice."""
    for name in required:
        if name not in names:
            _refuse_other_separator(path, names, required)
            there = ", ".join(map(repr, names[:12])) + (", ..." if len(names) > 12 else "")
            other_case = next((other for other in names if other.lower() == name), None)
            hint = f". Did you mean {other_case!r}?" if other_case else did_you_mean(name, names)
            raise DataError(f"{path} has no column {name!r}{hint} Its columns: {there or 'none'}.")
    wanted = [name for name in (*required, *optional) if name in names]
    for name in wanted:
        if list(names).count(name) > 1:
            raise DataError(f"{path} has more than one column {name!r}.")
    return wanted


def _refuse_other_separator(path: Path, names: Sequence[str], required: Sequence[str]) -> None:
    """A header that would be complete with another separator says what is wrong better than a missing column."""
    ours = FORMATS[path.suffix.lower()]
    for other, word in ((";", "semicolons"), ("\t", "tabs"), (",", "commas"), ("|", "bars")):
        cells = {cell.strip().strip('"') for cell in ours.join(names).split(other)}
        if ours and other != ours and cells.issuperset(required):
            want = "commas" if ours == "," else "tabs"
            change = {"\t": "; call it .tsv", ",": "; call it .csv"}.get(other, f"; save it with {want}")
            raise DataError(f"{path} separates its cells by {word}, where a {path.suffix} has {want}{change}.")


def _refuse_binary(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(4096)
    for signature, what in _SIGNATURES.items():
        if head.startswith(signature):
            raise DataError(f"{path} is {what}, not the text its name promises.")
    if b"\0" in head:
        raise DataError(f"{path} is not text: it holds zero bytes (UTF-8 is needed).")


def _refuse_ragged(path: Path, width: int) -> None:
    with suppress(UnicodeDecodeError, csv.Error):  # the caller then says what Arrow said
        for record, line, _ in _records(path):
            if len(record) != width:
                raise DataError(f"{path}, line {line}: {len(record)} cells where the header names {width} columns.")


def _refuse_open_quote(path: Path) -> None:
    """An opening quote that nothing closes would swallow the rest of the file as one cell."""
    with path.open("rb") as file:
        quotes = sum(block.count(b'"') for block in iter(lambda: file.read(_BLOCK), b""))
    if path.suffix.lower() in _ATOMIC or quotes % 2 == 0:
        return
    line = 0
    try:
        for _, line, last in _records(path, strict=True):
            line = last
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}, line {line + 1}: a quoted cell is not closed ({error}).") from error


def _records(path: Path, *, strict: bool = False) -> Iterator[tuple[list[str], int, int]]:
    """Records with the numbers of their first and their last line; blank lines are skipped."""
    suffix = path.suffix.lower()
    csv.field_size_limit(_BLOCK)  # the usual 128 KiB are less than a long article
    with path.open(encoding="utf-8-sig", newline="") as file:
        if suffix in _ATOMIC:
            reader = csv.reader(file, delimiter=FORMATS[suffix], quoting=csv.QUOTE_NONE)
        else:
            reader = csv.reader(file, delimiter=FORMATS[suffix], strict=strict)
        before = 0
        for record in reader:
            if record:
                yield record, before + 1, reader.line_num
            before = reader.line_num


def _header(path: Path) -> tuple[list[str], int]:
    """Column names, and how many lines to skip to the first row."""
    try:
        records = _records(path)
        header, _, last = next(records, ([], 0, 0))
        rows = next(records, None)
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} cannot be read as UTF-8 text: {error}.") from error
    if not header:
        raise DataError(f"{path} is empty.")
    if rows is None:
        raise DataError(f"{path} has no rows below its header.")
    return header, last


def _first_line(error: BaseException) -> str:
    text = (str(error).splitlines() or [type(error).__name__])[0]
    return text.rstrip(".") if len(text) <= 200 else text[:197] + "..."
