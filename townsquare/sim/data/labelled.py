"""Texts with labels, from any table ``text,label``: what moderators learn from and are measured on."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from townsquare.protocols.errors import DataError, InputError, did_you_mean
from townsquare.protocols.moderator import Labelled
from townsquare.sim.data import sets

HARMLESS = frozenset(
    {"ham", "benign", "nontoxic", "non-toxic", "not_toxic", "positive", "neutral", "ok", "clean", "normal", "harmless"}
    | {"none", "safe", "0", "0.0", "false", "no"}
)
"""Labels that stand for texts which break no rule, in whatever case, unless the user names others."""
_TEXT = ("text", "sms", "message", "sentence", "comment", "comment_text", "post", "content")
_LABEL = ("label", "class", "category", "toxic", "labels", "target")
ABOUT = ("group", "audience_age", "speaker_relation", "reason")
"""Further columns that are kept where a table has them: whom a text is by or about, who reads it, who says it, why it
has its label.
"""
_NUMBERED = {("text", "toxic"): ("non-toxic", "toxic"), ("sentence", "label"): ("negative", "positive")}
"""By the columns of texts and labels: what 0 and 1 stand for in TextDetox and in SST-2."""
_PUBLISHED = ("SMSSpamCollection",)
"""Files without a header (or with one) whose lines are LABEL<TAB>TEXT."""
_MOST = 10_000_000
"""Bytes of a cell; more is no post."""


@dataclass(frozen=True, slots=True)
class LabelledData:
    """Distinct texts with their labels, in the order of the file."""

    name: str
    examples: Labelled
    remarks: tuple[str, ...] = ()
    """What was left out on the way, one sentence each."""
    about: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """(n,) each: the columns of ``ABOUT`` that the table has, "" where a row has no value."""

    @property
    def groups(self) -> tuple[str, ...]:
        """(n,) the group of each text; () where the table has no column of groups."""
        return self.about.get("group", ())


def load(source: str | Path, harmless: Sequence[str] = ()) -> LabelledData:
    """The labelled texts of a file, or of a registered data set (``sms``).

    CSV, TSV (tabs, no quoting) or Parquet with a column of texts (text, message, sms, ...) and one of labels (label,
    class, ...); a TSV whose first line is no header is LABEL<TAB>TEXT. Rows without text are left out, and of equal
    texts the first counts; both are said in ``remarks``. ``harmless`` names the labels that break no rule; by default
    those that are commonly called so (``HARMLESS``). The labels 0 and 1 of TextDetox (columns text and toxic) and of
    SST-2 (columns sentence and label) get their names, which is said too.

    Raises DataError naming file and line for what cannot be read, InputError for labels that are not there.
    """
    path = file_of(source)
    columns, rows = _read(path)
    if not rows:
        raise DataError(f"{path} has no labelled texts.")
    named = _names(path, columns, {row[1] for row in rows})
    kept: dict[str, tuple[str, ...]] = {}
    empty = contradicting = 0
    for text, number, *more in rows:
        label = named.get(number, number)
        if not text.strip():
            empty += 1
        elif kept.setdefault(text, (label, *more))[0] != label:
            contradicting += 1
    repeated = len(rows) - empty - len(kept)
    remarks = (
        [f"the labels {', '.join(f'{n} ({name})' for n, name in named.items())} were given names."] if named else []
    )
    if empty:
        remarks.append(f"{empty} of {len(rows):,} rows have no text and were left out.")
    if repeated:
        other = f" ({contradicting} of them with another label)" if contradicting else ""
        remarks.append(
            f"{repeated:,} of {len(rows):,} rows repeat the text of an earlier one and were left out{other} before "
            f"anything was split: {len(kept):,} distinct texts."
        )
    labels = [row[0] for row in kept.values()]
    names = sorted(set(labels))
    numbers = np.array([names.index(label) for label in labels])
    about = {name.strip().lower(): tuple(row[1 + n] for row in kept.values()) for n, name in enumerate(columns[2:])}
    examples = Labelled(list(kept), numbers, names, _harmful(path, names, harmless), about.get("reason", ()))
    return LabelledData(Path(source).name, examples, tuple(remarks), about)


def _names(path: Path, columns: Sequence[str], labels: set[str]) -> dict[str, str]:
    """What numbers stand for in the data sets whose columns these are; nothing for labels that are words."""
    names = _NUMBERED.get((columns[0].lower(), columns[1].lower()))
    if names is None or not labels <= {"0", "1", "-1"}:
        return {}
    if "-1" in labels:
        raise DataError(f"{path} has texts without a label (-1): take a part of the data set that has them.")
    return {str(number): name for number, name in enumerate(names)}


def _harmful(path: Path, names: Sequence[str], harmless: Sequence[str]) -> list[bool]:
    for name in harmless:
        if name not in names:
            raise InputError(
                f"harmless: {path} has no label {name!r}{did_you_mean(name, names)} It has {_some(names)}."
            )
    found = [name not in harmless if harmless else name.lower() not in HARMLESS for name in names]
    if len(names) == 1:
        raise InputError(f"{path} has one label only, {names[0]!r}: harmful and harmless texts are both needed.")
    if all(found) or not any(found):
        raise InputError(f"{path}: say with --harmless which of its labels break no rule; it has {_some(names)}.")
    return found


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")


def file_of(source: str | Path) -> Path:
    """The file of a path, of a folder that holds just one such file, or of a data set by its name or its beginning.

    Raises DataError where there is no such file.
    """
    text = str(source)
    names = [name for name in sets.known() if name == text or name.startswith(f"{text}-")]
    if len(names) == 1 and not Path(text).exists():
        by_hand = sets.default_folder() / names[0]
        path = by_hand if (by_hand / _PUBLISHED[0]).is_file() else sets.locate(names[0])
    else:
        path = sets.locate(source)
    if path.is_dir():
        found = [path / name for name in _PUBLISHED if (path / name).is_file()]
        found = found or sorted(one for one in path.iterdir() if one.suffix.lower() in (".csv", ".tsv", ".parquet"))
        if len(found) != 1:
            raise DataError(f"{path} holds {len(found)} tables of labelled texts; name the file you mean.")
        return found[0]
    return path


def _read(path: Path) -> tuple[list[str], list[tuple[str, ...]]]:
    """Names of the columns (texts, labels, and what else is kept), and the rows of these."""
    try:
        if path.suffix.lower() == ".parquet":
            table = pq.read_table(path)
            columns = _columns(path, table.column_names)
            cells = [["" if cell is None else str(cell) for cell in table[name].to_pylist()] for name in columns]
            if "" in cells[1]:
                raise DataError(f"{path}, row {cells[1].index('') + 1}: {columns[1]} is empty; every row needs one.")
            return columns, list(zip(*cells, strict=True))
        return _csv(path) if path.suffix.lower() == ".csv" else _tabbed(path)
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8: byte {error.object[error.start]:#04x}; save it as UTF-8.") from error
    except (OSError, pa.ArrowException, csv.Error) as error:
        said = " ".join(str(error).split()).rstrip(".")
        raise DataError(f"{path} cannot be read as a table of texts: {said}.") from error


def _csv(path: Path) -> tuple[list[str], list[tuple[str, ...]]]:
    csv.field_size_limit(_MOST)
    rows = []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        columns = _columns(path, reader.fieldnames or ())
        text, label, *more = columns
        width = len(reader.fieldnames or ())
        for row in reader:
            if None in row:
                given = width + len(row[None])
                raise DataError(
                    f"{path}, line {reader.line_num}: {given} cells where the header names {width} columns."
                )
            if not (row[label] or "").strip():
                raise DataError(f"{path}, line {reader.line_num}: {label} is empty; every row needs one.")
            rows.append((row[text] or "", row[label].strip(), *((row[name] or "").strip() for name in more)))
    return columns, rows


def _tabbed(path: Path) -> tuple[list[str], list[tuple[str, ...]]]:
    rows = []
    with path.open(encoding="utf-8-sig", newline="\n") as stream:
        first = stream.readline().rstrip("\r\n").split("\t")
        header = len(first) >= 2 and {name.strip().lower() for name in first} & set(_LABEL)
        columns, places = ["text", "label"], [1, 0]
        if header:
            columns = _columns(path, first)
            places = [first.index(name) for name in columns]
        else:
            stream.seek(0)
        text, label, *more = places
        most = max(places)
        for number, line in enumerate(stream, start=2 if header else 1):
            cells = line.rstrip("\r\n").split("\t", -1 if header and text < most else most)
            if len(cells) <= most or not cells[label].strip():
                raise DataError(f"{path}, line {number}: a label and a text, with a tab between them, are needed.")
            rows.append((cells[text], cells[label].strip(), *(cells[place].strip() for place in more)))
    return columns, rows


def _columns(path: Path, names: Sequence[str]) -> list[str]:
    """What the columns of texts, of labels, and of what else is kept are called here."""
    by_name = {str(name).strip().lower(): name for name in names}
    if not any(by_name):
        raise DataError(f"{path} is empty, or its first line is: it has to name the columns.")
    found = [next((by_name[n] for n in wanted if n in by_name), None) for wanted in (_TEXT, _LABEL)]
    for column, what, wanted in zip(found, ("texts", "labels"), (_TEXT, _LABEL), strict=True):
        if column is None:
            raise DataError(f"{path} has no column of {what}: {' or '.join(wanted[:3])} (it has {_some(list(names))}).")
    return [str(column) for column in found] + [str(by_name[name]) for name in ABOUT if name in by_name]
