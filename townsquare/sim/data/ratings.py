"""Ratings of people on a scale, from any table ``user item rating [time] [text]``, ready to be learnt from."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from townsquare.protocols import Catalogue, DataError, FloatArray, InputError, IntArray, Interactions
from townsquare.protocols.columns import steady
from townsquare.protocols.interactions import Scale
from townsquare.sim.data import sets, tables
from townsquare.sim.data.chosen import choose
from townsquare.sim.data.headless import Headless, headless
from townsquare.sim.data.sheet import FORMATS, Sheet
from townsquare.sim.data.shelf import shelf

_PUBLISHED = ("u.data", "ratings.dat", "ratings.txt", "profiles.txt")
"""What files of ratings without a header are called in the archives that people have."""


@dataclass(frozen=True, slots=True)
class RatingData:
    """Who rated what, oldest first; users and items are numbered as their ids sort as text."""

    name: str
    log: Interactions
    """With its scale; ticks number the different times from 0, all 0 without times; texts where there are any."""
    catalogue: Catalogue
    """Of the items that somebody rated, with categories where there is a table of items that has some."""
    titles: tuple[str, ...] | None
    """(n_items,) what items are called, where a table says so."""
    user_ids: tuple[str, ...]
    item_ids: tuple[str, ...]
    category_names: tuple[str, ...] = ()
    """By number; of several categories of an item the first counts."""
    remarks: tuple[str, ...] = ()
    """What was changed on the way, one sentence each."""


def load(
    source: str | Path,
    liked: float | None = None,
    *,
    low: float | None = None,
    high: float | None = None,
    step: float | None = None,
) -> RatingData:
    """The ratings of a file, a folder or a registered data set.

    * A registered data set that ``townsquare data get`` has made tables of.
    * A table with the columns ``user_id, item_id, rating`` and, where there, ``timestamp, text``: CSV, TSV, Parquet,
      or RecBole's ``.inter``.
    * A file without a header, as ``u.data`` or ``ratings.txt`` are: see ``Headless.read``.
    * A folder that holds one of these, with or without a table of items (``items*``, ``articles*``, ``.item``).

    Where a person rated an item more than once, the last rating counts (the latest, where there are times).

    Args:
        source: which.
        liked: rating from which on a row is positive; by default three quarters up the scale, 4 of 1 to 5.
        low: the worst rating there is; by default the lowest of the data.
        high: the best; by default the highest of the data.
        step: distance of neighbouring ratings; by default the smallest there is between two ratings of the data.

    Raises DataError naming file, line and what is allowed; InputError for a scale that is none.
    """
    path, items_table = _files(source)
    columns, place = _cells(path)
    values = _numbers(path, "rating", columns["rating"], place)
    scale = _scale(path, values, (low, high, step, liked), place)
    users, user_ids = _numbered(columns["user_id"])
    items, item_ids = _numbered(columns["item_id"])
    times = _times(path, columns["timestamp"], place) if "timestamp" in columns else np.zeros(len(values))
    order = np.argsort(times, kind="stable")
    ticks = np.unique(times[order], return_inverse=True)[1].astype(np.int32)
    texts = np.array(columns["text"], object)[order] if "text" in columns else None
    n_users, n_items = len(user_ids), len(item_ids)
    log = Interactions(users[order], items[order], values[order], ticks, n_users, n_items, scale, texts)
    log, remarks = _once(log)
    titles, categories, names = _shelf(items_table, item_ids)
    catalogue = replace(Catalogue.bare(n_items), categories=categories)
    return RatingData(Path(source).name, log, catalogue, titles, user_ids, item_ids, names, remarks)


def _files(source: str | Path) -> tuple[Path, Path | None]:
    """The file of ratings and that of items, if any."""
    path = Path(source).expanduser()
    if str(source) not in sets.known():
        if path.is_file():
            return path, None
        if path.is_dir():
            published = [path / name for name in _PUBLISHED if (path / name).is_file()]
            if len(published) > 1:
                names = ", ".join(one.name for one in published)
                raise DataError(f"{path} holds more than one file of ratings ({names}); name the one you mean.")
            if published:
                there = any(
                    one.suffix == ".item" or one.name.startswith(("items", "articles")) for one in path.iterdir()
                )
                return published[0], tables.find(path)[0] if there else None
    chosen = choose(str(source), None, None)
    if chosen.interactions is None:
        raise DataError(f"{source} has no table of interactions; ratings are needed.")
    return chosen.interactions, chosen.articles


def _cells(path: Path) -> tuple[dict[str, Sequence[str]], Callable[[int], str]]:
    """Columns as text, and what says where a row stands."""
    if path.suffix.lower() not in FORMATS or (path.suffix.lower() in (".csv", ".tsv") and headless(path)):
        bare = Headless.read(path)
        _refuse_empty(bare)
        return dict(bare.columns), bare.place
    sheet = Sheet.read(path, ("user_id", "item_id", "rating"), ("timestamp", "text")).ids("user_id").ids("item_id")
    for name in ("rating", "timestamp"):
        if name in sheet.columns:
            sheet.refuse_empty(name)
    return {name: pc.fill_null(column, "").to_pylist() for name, column in sheet.columns.items()}, sheet.place


def _refuse_empty(bare: Headless) -> None:
    for name, column in bare.columns.items():
        row = next((row for row, cell in enumerate(column) if not cell), None)
        if row is not None and name != "text":
            raise DataError(f"{bare.path}, {bare.place(row)}: {name} is empty; every row needs one.")


def _numbered(ids: Sequence[str]) -> tuple[IntArray, tuple[str, ...]]:
    """(n,) numbers, and the ids sorted as text."""
    numbers, names = pd.factorize(np.array(ids, object), sort=True)
    return numbers.astype(np.int64), tuple(names.tolist())


def _numbers(path: Path, name: str, cells: Sequence[str], place: Callable[[int], str]) -> FloatArray:
    numbers: FloatArray = pd.to_numeric(pd.Series(cells, dtype=object), errors="coerce").to_numpy(np.float64)
    bad = np.flatnonzero(~np.isfinite(numbers))
    if len(bad):
        row = int(bad[0])
        raise DataError(f"{path}, {place(row)}: {name} must be a finite number (got {cells[row]!r}).")
    return numbers


def _times(path: Path, cells: Sequence[str], place: Callable[[int], str]) -> FloatArray:
    """Numbers as they are; ISO 8601 dates, where the first is one, as seconds since 1970."""
    series = pd.Series(cells, dtype=object)
    if not np.isnan(float(pd.to_numeric(series[:1], errors="coerce").iloc[0])):
        return _numbers(path, "timestamp", cells, place)
    dates = pd.to_datetime(series, errors="coerce", utc=True, format="ISO8601")
    bad = np.flatnonzero(dates.isna())
    if len(bad):
        row, allowed = int(bad[0]), "a number or an ISO 8601 date, the same in all rows"
        raise DataError(f"{path}, {place(row)}: timestamp must be {allowed} (got {cells[row]!r}).")
    seconds: FloatArray = (dates - pd.Timestamp(0, tz="UTC")).dt.total_seconds().to_numpy(np.float64)
    return seconds


def _scale(path: Path, values: FloatArray, given: tuple[float | None, ...], place: Callable[[int], str]) -> Scale:
    """The scale that is given, as far as it is, and the data's own for the rest."""
    found = np.unique(steady(values))
    low, high, step, liked = given
    low = float(found[0]) if low is None else low
    high = float(found[-1]) if high is None else high
    if not low < high:
        raise InputError(f"ratings of {path} run from {low:g} to {high:g}; a scale needs a best above its worst.")
    outside = np.flatnonzero((values < low) | (values > high))
    if len(outside):
        row = int(outside[0])
        raise DataError(
            f"{path}, {place(row)}: rating must be from {low:g} to {high:g} (got {values[row]:g}; {len(outside)} of "
            f"{len(values)} ratings are outside this scale)."
        )
    if step is None:
        step = float(steady(np.diff(found)).min()) if len(found) > 1 else high - low
    if not 0 < step <= high - low or not math.isfinite(step):
        raise InputError(
            f"the step of a scale from {low:g} to {high:g} must be above 0 and fit into it (got {step:g})."
        )
    liked = low + 0.75 * (high - low) if liked is None else liked
    if not low <= liked <= high:
        raise InputError(f"liked must be from {low:g} to {high:g}, as the ratings of {path} are (got {liked:g}).")
    return Scale(low, high, liked, step)


def _once(log: Interactions) -> tuple[Interactions, tuple[str, ...]]:
    """Without earlier ratings of the same item by the same person."""
    keys = (log.users * log.n_items + log.items)[::-1]
    last = np.zeros(len(log), bool)
    last[len(log) - 1 - np.unique(keys, return_index=True)[1]] = True
    if last.all():
        return log, ()
    again = int(len(log) - last.sum())
    return log.where(last), (f"Ratings that repeat a person and an item: {again}; the last of each counts.",)


def _shelf(path: Path | None, ids: Sequence[str]) -> tuple[tuple[str, ...] | None, IntArray, tuple[str, ...]]:
    """Titles, (n_items,) category numbers (-1 for none) and the names of the categories, the first of each item."""
    unknown = np.full(len(ids), -1, np.int32)
    titles, genres = (None, None) if path is None else shelf(path, ids)
    if genres is None:
        return titles, unknown, ()
    first = [of[0] if of else "" for of in genres]
    names = tuple(sorted({name for name in first if name}))
    number = {name: place for place, name in enumerate(names)}
    return titles, np.array([number.get(name, -1) for name in first], np.int32), names
