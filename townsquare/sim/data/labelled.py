"""Texts with labels, from any table ``text,label``: what moderators learn from and are measured on."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
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


def load(source: str | Path, harmless: Sequence[str] = ()) -> LabelledData:
    """The labelled texts of a file, or of a registered data set (``sms``).

    CSV, TSV (tabs, no quoting) or Parquet with a column of texts (text, message, sms, ...) and one of labels (label,
    class, ...); a TSV whose first line is no header is LABEL<TAB>TEXT. Rows without text are left out, and of equal
    texts the first counts; both are said in ``remarks``. ``harmless`` names the labels that break no rule; by default
    those that are commonly called so (``HARMLESS``).

    Raises DataError naming file and line for what cannot be read, InputError for labels that are not there.
    """
    path = _file(source)
    rows = list(_rows(path))
    if not rows:
        raise DataError(f"{path} has no labelled texts.")
    kept: dict[str, str] = {}
    empty = contradicting = 0
    for text, label in rows:
        if not text.strip():
            empty += 1
        elif kept.setdefault(text, label) != label:
            contradicting += 1
    repeated = len(rows) - empty - len(kept)
    remarks = []
    if empty:
        remarks.append(f"{empty} of {len(rows):,} rows have no text and were left out.")
    if repeated:
        other = f" ({contradicting} of them with another label)" if contradicting else ""
        remarks.append(
            f"{repeated:,} of {len(rows):,} rows repeat the text of an earlier one and were left out{other} before "
            f"anything was split: {len(kept):,} distinct texts."
        )
    names = sorted(set(kept.values()))
    examples = Labelled(
        list(kept), np.array([names.index(label) for label in kept.values()]), names, _harmful(path, names, harmless)
    )
    return LabelledData(Path(source).name, examples, tuple(remarks))


def _harmful(path: Path, names: Sequence[str], harmless: Sequence[str]) -> list[bool]:
    for name in harmless:
        if name not in names:
            raise InputError(
                f"harmless: {path} has no label {name!r}{did_you_mean(name, names)} It has {_some(names)}."
            )
    found = [name not in harmless if harmless else name.lower() not in HARMLESS for name in names]
    if all(found) or not any(found):
        raise InputError(f"{path}: say with --harmless which of its labels break no rule; it has {_some(names)}.")
    return found


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")


def _file(source: str | Path) -> Path:
    """The file of a path, of a folder that holds just one such file, or of a data set by its name or its beginning."""
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


def _rows(path: Path) -> Iterator[tuple[str, str]]:
    try:
        if path.suffix.lower() == ".parquet":
            table = pq.read_table(path)
            text, label = _columns(path, table.column_names)
            yield from (
                (str(t or ""), str(c)) for t, c in zip(*(table[n].to_pylist() for n in (text, label)), strict=True)
            )
        elif path.suffix.lower() == ".csv":
            yield from _csv(path)
        else:
            yield from _tabbed(path)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} cannot be read as a table of texts: {error}.") from error


def _csv(path: Path) -> Iterator[tuple[str, str]]:
    csv.field_size_limit(_MOST)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        text, label = _columns(path, reader.fieldnames or ())
        for row in reader:
            if not row[label]:
                raise DataError(f"{path}, line {reader.line_num}: {label} is empty; every row needs one.")
            yield row[text] or "", row[label].strip()


def _tabbed(path: Path) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf-8-sig", newline="\n") as stream:
        first = stream.readline().rstrip("\r\n").split("\t")
        header = len(first) >= 2 and {name.strip().lower() for name in first} & set(_LABEL)
        if header:
            text, label = (first.index(name) for name in _columns(path, first))
        else:
            label, text = 0, 1
            stream.seek(0)
        for number, line in enumerate(stream, start=2 if header else 1):
            cells = line.rstrip("\r\n").split("\t", -1 if header and label > text else max(label, text))
            if len(cells) <= max(label, text) or not cells[label].strip():
                raise DataError(f"{path}, line {number}: a label and a text, with a tab between them, are needed.")
            yield cells[text], cells[label].strip()


def _columns(path: Path, names: Sequence[str]) -> tuple[str, str]:
    """What the columns of texts and of labels are called here."""
    by_name = {str(name).strip().lower(): name for name in names}
    found = [next((by_name[n] for n in wanted if n in by_name), None) for wanted in (_TEXT, _LABEL)]
    for column, what, wanted in zip(found, ("texts", "labels"), (_TEXT, _LABEL), strict=True):
        if column is None:
            raise DataError(f"{path} has no column of {what}: {' or '.join(wanted[:3])} (it has {_some(list(names))}).")
    return str(found[0]), str(found[1])
