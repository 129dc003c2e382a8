"""The user's own tables: articles, and who took to what."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from townsquare.protocols import BoolArray, DataError, FloatArray, IntArray, Interactions
from townsquare.sim.data.sheet import FORMATS, Sheet

_STEMS = {"articles": ("articles", "items"), "interactions": ("interactions",)}
_ATOMIC = {"articles": ".item", "interactions": ".inter"}


@dataclass(frozen=True, slots=True)
class Articles:
    """Articles in the order of their ids as text; an article's number is its row."""

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    authors: IntArray
    """(n,) author numbers; -1 where the cell is empty or there is no such column."""
    author_names: tuple[str, ...]
    categories: IntArray
    """(n,) category numbers; -1 likewise."""
    category_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Feedback:
    """Rows of who met what, in the order of the file; numbers follow the ids sorted as text."""

    users: IntArray
    """(n,) user numbers."""
    items: IntArray
    """(n,) item numbers."""
    user_ids: tuple[str, ...]
    item_ids: tuple[str, ...]
    positive: BoolArray
    """(n,) True where the user took to the item."""
    ratings: FloatArray | None
    """(n,) float64; None without such a column."""
    timestamps: FloatArray | None
    """(n,) float64 seconds, or whatever numbers the file holds; None without such a column."""

    def __len__(self) -> int:
        return len(self.users)

    def interactions(self) -> Interactions:
        """The positive rows, oldest first, each worth 1; rows of the same time keep the order of the file.

        Ticks number the different timestamps from 0; without timestamps every tick is 0.
        """
        rows = np.flatnonzero(self.positive)
        ticks = np.zeros(len(rows), np.int64)
        if self.timestamps is not None and len(rows):
            order = np.argsort(self.timestamps[rows], kind="stable")
            rows = rows[order]
            ticks = np.unique(self.timestamps[rows], return_inverse=True)[1]
        return Interactions(
            self.users[rows],
            self.items[rows],
            np.ones(len(rows)),
            ticks.astype(np.int32),
            len(self.user_ids),
            len(self.item_ids),
        )


def articles(path: Path) -> Articles:
    """Read ``item_id, text`` and, where there, ``author, category``.

    An empty text is allowed (it tells nothing about the article); an empty or repeated item_id is a DataError.
    """
    sheet = Sheet.read(path, ("item_id", "text"), ("author", "category")).ids("item_id")
    numbers, ids = _numbered(sheet.columns["item_id"])
    if len(ids) < len(numbers):
        first, count = _repeated(numbers)
        raise DataError(
            f"{path}, {sheet.place(first)}: item_id {ids[numbers[first]]!r} is there already; "
            f"{count} rows repeat an earlier item_id, and each article may have one row."
        )
    order = np.argsort(numbers)
    texts = pc.fill_null(sheet.columns["text"], "").to_pylist()
    authors, author_names = _labels(sheet, "author")
    categories, category_names = _labels(sheet, "category")
    return Articles(
        ids, tuple(texts[row] for row in order), authors[order], author_names, categories[order], category_names
    )


def interactions(path: Path, threshold: float | None = None, item_ids: tuple[str, ...] | None = None) -> Feedback:
    """Read ``user_id, item_id`` and, where there, ``rating, timestamp``.

    Args:
        path: CSV, TSV, Parquet or RecBole's .inter.
        threshold: rows with a rating from here up are positive; None makes every row positive.
        item_ids: the ids of the articles, sorted; an item that is not among them is a DataError. None takes the
            items as they come.
    """
    sheet = Sheet.read(path, ("user_id", "item_id"), ("rating", "timestamp")).ids("user_id").ids("item_id")
    if threshold is not None and "rating" not in sheet.columns:
        raise DataError(f"{path} has no column 'rating', so a rating threshold of {threshold:g} means nothing.")
    users, user_ids = _numbered(sheet.columns["user_id"])
    items, own_ids = _numbered(sheet.columns["item_id"])
    ratings = _numbers(sheet, "rating") if "rating" in sheet.columns else None
    timestamps = _times(sheet) if "timestamp" in sheet.columns else None
    _refuse_repeats(sheet, users, items, timestamps)
    if item_ids is not None:
        items, own_ids = _among(sheet, items, own_ids, item_ids), item_ids
    positive = np.ones(len(users), bool)
    if threshold is not None and ratings is not None:
        positive = ratings >= threshold
        if not positive.any():
            raise DataError(f"{path}: no rating reaches the threshold {threshold:g}; the highest is {ratings.max():g}.")
    return Feedback(users, items, user_ids, own_ids, positive, ratings, timestamps)


def find(folder: Path) -> tuple[Path | None, Path | None]:
    """The articles and the interactions of a folder, by name: articles*, items*, *.item; interactions*, *.inter.

    Either may be missing, but not both; two candidates for one place are a DataError.
    """
    found: dict[str, Path | None] = {}
    try:
        entries = list(folder.iterdir())
    except OSError as error:
        raise DataError(f"{folder} cannot be read: {error.strerror or error}.") from error
    for role, stems in _STEMS.items():
        candidates = sorted(
            path
            for path in entries
            if path.is_file()
            and path.suffix.lower() in FORMATS
            and (path.name.lower().startswith(stems) or path.suffix.lower() == _ATOMIC[role])
        )
        if len(candidates) > 1:
            names = ", ".join(path.name for path in candidates)
            raise DataError(f"{folder} holds more than one file of {role} ({names}); name the one you mean.")
        found[role] = candidates[0] if candidates else None
    if not any(found.values()):
        raise DataError(f"{folder} holds neither articles* or items* nor interactions* ({', '.join(FORMATS)}).")
    return found["articles"], found["interactions"]


def _numbered(column: pa.ChunkedArray) -> tuple[IntArray, tuple[str, ...]]:
    """Numbers of the values, and the values sorted as text."""
    coded = pc.dictionary_encode(column).combine_chunks()
    values = coded.dictionary.to_pylist()
    order = sorted(range(len(values)), key=values.__getitem__)
    place = np.empty(len(values), np.int64)
    place[order] = np.arange(len(values))
    return place[coded.indices.to_numpy(zero_copy_only=False)], tuple(values[i] for i in order)


def _labels(sheet: Sheet, name: str) -> tuple[IntArray, tuple[str, ...]]:
    """Numbers of an optional column, -1 for empty cells."""
    if name not in sheet.columns:
        return np.full(len(sheet), -1), ()
    numbers, names = _numbered(pc.fill_null(sheet.columns[name], ""))
    # "" sorts before everything else, so leaving it out moves the other numbers down by one
    return (numbers - 1, names[1:]) if names[0] == "" else (numbers, names)


def _numbers(sheet: Sheet, name: str) -> FloatArray:
    sheet.refuse_empty(name)
    text = sheet.columns[name].to_numpy()
    numbers: FloatArray = pd.to_numeric(pd.Series(text), errors="coerce").to_numpy(np.float64)
    _refuse_infinite(sheet, name, numbers, "a finite number")
    return numbers


def _times(sheet: Sheet) -> FloatArray:
    """Numbers as they are; ISO 8601 dates as seconds since 1970, UTC where no zone is given."""
    sheet.refuse_empty("timestamp")
    text = pd.Series(sheet.columns["timestamp"].to_numpy())
    numbers = pd.to_numeric(text, errors="coerce").to_numpy(np.float64)
    if np.isnan(numbers).all():
        dates = pd.to_datetime(text, errors="coerce", utc=True, format="ISO8601")
        numbers = (dates - pd.Timestamp(0, tz="UTC")).dt.total_seconds().to_numpy(np.float64)
    _refuse_infinite(sheet, "timestamp", numbers, "a number of seconds or an ISO 8601 date, the same in all rows")
    return numbers


def _refuse_infinite(sheet: Sheet, name: str, numbers: FloatArray, allowed: str) -> None:
    bad = np.flatnonzero(~np.isfinite(numbers))
    if len(bad):
        row = int(bad[0])
        given = sheet.columns[name][row].as_py()
        raise DataError(f"{sheet.path}, {sheet.place(row)}: {name} must be {allowed} (got {given!r}).")


def _repeated(keys: IntArray) -> tuple[int, int]:
    """The first row whose key an earlier row has, and how many such rows there are."""
    first = np.zeros(len(keys), bool)
    first[np.unique(keys, return_index=True)[1]] = True
    again = np.flatnonzero(~first)
    return (int(again[0]) if len(again) else -1), len(again)


def _refuse_repeats(sheet: Sheet, users: IntArray, items: IntArray, timestamps: FloatArray | None) -> None:
    keys = users * (items.max() + 1) + items
    if timestamps is not None:
        times = np.unique(timestamps, return_inverse=True)[1]
        keys = np.unique(keys, return_inverse=True)[1] * (times.max() + 1) + times
    first, count = _repeated(keys)
    if count:
        what = "user_id, item_id and timestamp" if timestamps is not None else "user_id and item_id"
        raise DataError(
            f"{sheet.path}, {sheet.place(first)}: {what} repeat an earlier row; {count} rows do, "
            "and each may be there once."
        )


def _among(sheet: Sheet, items: IntArray, own_ids: tuple[str, ...], item_ids: tuple[str, ...]) -> IntArray:
    place = {name: number for number, name in enumerate(item_ids)}
    moved = np.array([place.get(name, -1) for name in own_ids], np.int64)
    unknown = np.flatnonzero(moved[items] < 0)
    if len(unknown):
        row, count = int(unknown[0]), int((moved < 0).sum())
        raise DataError(
            f"{sheet.path}, {sheet.place(row)}: item_id {own_ids[items[row]]!r} is not among the articles; "
            f"{count} items of {len(own_ids)} are not."
        )
    return moved[items]
