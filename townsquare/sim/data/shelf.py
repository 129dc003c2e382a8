"""What a table of items says of some of them: titles and genres."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow.compute as pc

from townsquare.protocols import DataError
from townsquare.sim.data.sheet import Sheet

_TITLES = ("title", "name", "movie_title", "text")
_GENRES = ("genres", "genre", "class", "categories", "category")


def shelf(path: Path, ids: Sequence[str]) -> tuple[tuple[str, ...] | None, list[list[str]] | None]:
    """Titles, and the genres of each item without repeats, of the items ``ids``; its other items are ignored.

    Either is None where the table has no such column. Several genres in a cell have | between them, or blanks in
    RecBole's files; else a cell is one. Raises DataError where an item has no row.
    """
    sheet = Sheet.read(path, ("item_id",), (*_TITLES, *_GENRES)).ids("item_id")
    columns = {name: pc.fill_null(column, "").to_pylist() for name, column in sheet.columns.items()}
    row = {name: number for number, name in enumerate(columns["item_id"])}
    missing = [name for name in ids if name not in row]
    if missing:
        raise DataError(f"{path} has no row for item {missing[0]!r}; {len(missing)} of {len(ids)} items have none.")
    rows = [row[name] for name in ids]
    title = next((columns[name] for name in _TITLES if name in columns), None)
    kinds = next((columns[name] for name in _GENRES if name in columns), None)
    titles = None if title is None else tuple(title[r] for r in rows)
    return titles, None if kinds is None else _genres([kinds[r] for r in rows], path.suffix.lower() == ".item")


def _genres(cells: Sequence[str], atomic: bool) -> list[list[str]]:
    several = any("|" in cell for cell in cells)
    split = (cell.split("|") if several else cell.split() if atomic else [cell] for cell in cells)
    return [list(dict.fromkeys(name.strip() for name in names if name.strip())) for names in split]
