"""Reads histories: our own tables, RecBole's atomic files, data sets that were fetched, lists that come split."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from townsquare.evaluate.histories import Histories
from townsquare.protocols import DataError, IntArray
from townsquare.sim.data import sets, tables
from townsquare.sim.data.chosen import choose
from townsquare.sim.data.sheet import FORMATS
from townsquare.sim.data.shelf import shelf

_PARTS = ("train.txt", "valid.txt", "test.txt")


def read(source: str | Path, threshold: float | None = None) -> tuple[Histories, tuple[str, ...]]:
    """The histories of a file, a folder or a registered data set, and sentences about what was left out.

    * A table with ``user_id, item_id`` and, where there, ``rating, timestamp``: CSV, TSV, Parquet, or RecBole's
      ``.inter``; alone or in a folder with a table of items (``articles*``, ``items*``, ``.item``), whose titles and
      genres are used. A data set that ``townsquare data get`` has made tables of is such a folder.
    * ``train.txt``, ``test.txt`` and, where there, ``valid.txt``: a person and their items in each line, all of them
      numbers, as LightGCN has it. Recommenders learn from train and valid, test is held out.

    Args:
        source: which.
        threshold: rating from which a row is positive; None makes every row positive.

    Raises DataError naming file, line and what is allowed.
    """
    folder = Path(source).expanduser()
    if str(source) not in sets.known() and folder.is_dir() and (folder / _PARTS[0]).is_file():
        if threshold is not None:
            raise DataError(f"{folder} holds lists without ratings, so a threshold of {threshold:g} means nothing.")
        return _lists(folder)
    alone = str(source) not in sets.known() and (folder.is_file() or folder.suffix.lower() in FORMATS)
    chosen = choose(None, None, str(source)) if alone else choose(str(source), None, None)
    if chosen.interactions is None:
        raise DataError(f"{source} has no table of interactions; recommenders learn from who took to what.")
    feedback = tables.interactions(chosen.interactions, threshold)
    texts, genres = _shelf(chosen.articles, feedback.item_ids)
    found = Histories(
        Path(source).name,
        feedback.users,
        feedback.items,
        feedback.positive,
        feedback.ratings,
        feedback.timestamps,
        None,
        feedback.user_ids,
        feedback.item_ids,
        texts,
        genres,
    )
    return _once(found)


def _once(found: Histories) -> tuple[Histories, tuple[str, ...]]:
    """Without repeats of a person and an item, of which the first counts: what is known cannot be held out as well."""
    key = found.users * len(found.item_ids) + found.items
    kept = np.sort(np.unique(key, return_index=True)[1])
    if len(kept) == len(key):
        return found, ()
    cut = {name: getattr(found, name) for name in ("users", "items", "positive", "ratings", "times", "held")}
    cut = {name: None if column is None else column[kept] for name, column in cut.items()}
    whole = Histories(
        found.name, **cut, user_ids=found.user_ids, item_ids=found.item_ids, texts=found.texts, genres=found.genres
    )
    return whole, (f"Rows that repeat a person and an item: {len(key) - len(kept)}; the first of each counts.",)


def _lists(folder: Path) -> tuple[Histories, tuple[str, ...]]:
    parts = [_lines(folder / name) for name in _PARTS if name != "valid.txt" or (folder / name).is_file()]
    users, items = (np.concatenate([part[side] for part in parts]) for side in (0, 1))
    held = np.zeros(len(users), bool)
    held[len(users) - len(parts[-1][0]) :] = True
    people, user = np.unique(users, return_inverse=True)
    goods, item = np.unique(items, return_inverse=True)
    ids = tuple(map(str, goods.tolist()))
    there = any(
        path.suffix.lower() in FORMATS and path.name.lower().startswith(("items", "articles"))
        for path in folder.iterdir()
    )
    texts, genres = _shelf(tables.find(folder)[0] if there else None, ids)
    positive = np.ones(len(user), bool)
    whole = Histories(
        folder.name, user, item, positive, None, None, held, tuple(map(str, people.tolist())), ids, texts, genres
    )
    return _once(whole)


def _lines(path: Path) -> tuple[IntArray, IntArray]:
    """(n,) people and (n,) items of one file of lists."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise DataError(f"{path} cannot be read: {said}.") from error
    users, items = list[IntArray](), list[IntArray]()
    for number, line in enumerate(lines, start=1):
        try:
            row = np.array(line.split(), np.int64)
        except (ValueError, OverflowError) as error:
            raise DataError(f"{path}, line {number}: a line is a person and their items, all whole numbers.") from error
        if len(row):
            users.append(np.full(len(row) - 1, row[0]))
            items.append(row[1:])
    if not sum(map(len, items)):
        raise DataError(f"{path} holds no interactions; a line is a person and their items.")
    return np.concatenate(users), np.concatenate(items)


def _shelf(path: Path | None, ids: Sequence[str]) -> tuple[tuple[str, ...] | None, csr_array | None]:
    """Titles of the items ``ids``, and a matrix with one column per genre, as far as the table has such columns."""
    titles, genres = (None, None) if path is None else shelf(path, ids)
    pairs = [(item, name) for item, names in enumerate(genres or []) for name in names]
    if not pairs:
        return titles, None
    names, columns = np.unique([name for _, name in pairs], return_inverse=True)
    rows = np.array([item for item, _ in pairs])
    return titles, csr_array((np.ones(len(rows)), (rows, columns)), (len(ids), len(names)))
