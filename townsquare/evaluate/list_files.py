"""Reads lists for a leave-one-out test: AgentCF's files, RecBole's atomic files, or tables in our own columns."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow.compute as pc

from townsquare.agents.choosers.lessons import Goods
from townsquare.evaluate.lists import Lists
from townsquare.protocols import DataError, IntArray
from townsquare.protocols.errors import did_you_mean
from townsquare.sim.data import sets
from townsquare.sim.data.chosen import choose
from townsquare.sim.data.sheet import Sheet
from townsquare.sim.data.tables import interactions

_TEST = ".test.inter"
_TITLES = ("title", "name", "movie_title", "text")
_CATEGORIES = ("category", "categories", "genre", "class")
_LEAST = 3
"""Interactions a user needs: one to start with, one for validation, one to be found."""


def read(source: str | Path) -> tuple[Lists, tuple[str, ...]]:
    """The lists of a folder, a list's name in a folder (``folder/CDs-100-user-dense``) or a data set that was fetched.

    AgentCF's format is ``NAME.train.inter``, ``NAME.valid.inter``, ``NAME.test.inter`` (user, items before, item) with
    ``NAME.random`` (a user and their candidate list in each line); RecBole's is one ``.inter`` (user_id, item_id,
    timestamp). Both take titles and categories from an ``.item`` file, which may also have a column ``domain``. Where
    there is neither, our own tables are read (``interactions.*`` with timestamps, ``articles.*`` or ``items.*``), which
    is what a data set has that was fetched.

    Returns:
        The lists, and sentences about what was left out. Raises DataError naming file, line and what is allowed.
    """
    path = Path(source).expanduser()
    if not path.exists() and path.parent.is_dir() and path.parent != Path():
        folder, name = path.parent, path.name
    else:
        found = sets.locate(source)
        folder, name = (found, "") if found.is_dir() else (found.parent, _stem(found))
    try:
        names = sorted(file.name for file in folder.iterdir() if file.is_file())
    except OSError as error:
        raise DataError(f"{folder} cannot be read: {error.strerror or error}.") from error
    lists = [other.removesuffix(_TEST) for other in names if other.endswith(_TEST)]
    if lists:
        return _agentcf(folder, _the_one(folder, lists, name), names)
    if not name and not any(other.endswith(".inter") for other in names):
        return _tables(str(source))
    name = _the_one(folder, [n.removesuffix(".inter") for n in names if n.endswith(".inter")], name)
    return _last_out(folder / f"{name}.inter", _item_file(folder, name, names), name)


def _tables(source: str) -> tuple[Lists, tuple[str, ...]]:
    """Tables in our own columns: a folder of them, or a data set that was fetched."""
    found = choose(source, None, None)
    if found.interactions is None or found.articles is None:
        missing = "interactions" if found.interactions is None else "articles or items"
        raise DataError(f"{source} has no table of {missing}; agents need who took what when, and texts of the items.")
    return _last_out(found.interactions, found.articles, Path(source).name)


def _stem(path: Path) -> str:
    for ending in (_TEST, ".train.inter", ".valid.inter", ".random", ".inter"):
        if path.name.endswith(ending):
            return path.name.removesuffix(ending)
    raise DataError(f"{path} is neither a folder nor a list of interactions (.inter).")


def _the_one(folder: Path, found: Sequence[str], name: str) -> str:
    if name in found:
        return name
    if name:
        raise DataError(
            f"{folder} has no list named {name!r}{did_you_mean(name, found)} There: {', '.join(found) or 'none'}."
        )
    if not found:
        raise DataError(
            f"{folder} holds no lists: neither NAME.test.inter with its like (AgentCF) nor NAME.inter (RecBole)."
        )
    if len(found) > 1:
        raise DataError(f"{folder} holds several lists ({', '.join(found)}): name one, as {folder.name}/{found[0]}.")
    return found[0]


def _agentcf(folder: Path, name: str, names: Sequence[str]) -> tuple[Lists, tuple[str, ...]]:
    path = folder / f"{name}{_TEST}"
    sheet = Sheet.read(path, ("user_id", "item_id_list", "item_id")).ids("user_id").ids("item_id")
    users, before, last = (sheet.columns[column].to_pylist() for column in ("user_id", "item_id_list", "item_id"))
    if len(set(users)) < len(users):
        row = next(row for row, user in enumerate(users) if user in users[:row])
        raise DataError(f"{path}, {sheet.place(row)}: user {users[row]!r} is there already, and each has one test row.")
    for row, had in enumerate(before):
        if len((had or "").split()) < _LEAST - 1:
            raise DataError(
                f"{path}, {sheet.place(row)}: item_id_list needs at least {_LEAST - 1} items before the last."
            )
    shelf = _Shelf(_item_file(folder, name, names))
    history = tuple(shelf.numbers(had.split(), path) for had in before)
    negatives = _random_lists(folder / f"{name}.random", users, shelf)
    lists = Lists(name, tuple(users), shelf.ids, shelf.goods, history, None, shelf.numbers(last, path), negatives)
    _same_split(folder, name, lists)
    return lists.trimmed(), ()


def _same_split(folder: Path, name: str, lists: Lists) -> None:
    """The parts have to say the same: what is learned from are the rows of train, and valid comes after them."""
    number = {user: row for row, user in enumerate(lists.user_ids)}
    found: dict[str, set[tuple[str, str]]] = {}
    for part in ("train", "valid"):
        path = folder / f"{name}.{part}.inter"
        sheet = Sheet.read(path, ("user_id", "item_id")).ids("user_id").ids("item_id")
        found[part] = set(zip(sheet.columns["user_id"].to_pylist(), sheet.columns["item_id"].to_pylist(), strict=True))
    for user, row in number.items():
        had = [lists.item_ids[item] for item in lists.history[row]]
        for part, items in (("train", had[1:-1]), ("valid", had[-1:])):
            missing = [item for item in items if (user, item) not in found[part]]
            if missing:
                raise DataError(
                    f"{folder / name}.{part}.inter has no row for user {user!r} and item {missing[0]!r}, which the "
                    "test row puts there."
                )


def _random_lists(path: Path, users: Sequence[str], shelf: "_Shelf") -> tuple[IntArray, ...]:
    if not path.is_file():
        return ()
    rows: dict[str, IntArray] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        user, tab, items = line.partition("\t")
        if not tab or not items.split():
            raise DataError(f"{path}, line {number}: a line is a user, a tab, and item ids with blanks between them.")
        rows[user.strip()] = shelf.numbers(items.split(), path)
    missing = [user for user in users if user not in rows]
    if missing:
        raise DataError(f"{path} has no line for user {missing[0]!r} ({len(missing)} users have none).")
    return tuple(rows[user] for user in users)


def _last_out(path: Path, items_path: Path, name: str) -> tuple[Lists, tuple[str, ...]]:
    """Every user's last interaction is the target; of several at one time the one that stands last in the file."""
    feedback = interactions(path)
    if feedback.timestamps is None:
        raise DataError(f"{path} has no column 'timestamp', so that nobody can say which interaction came last.")
    shelf = _Shelf(items_path)
    moved = shelf.numbers(feedback.item_ids, path)
    order = np.lexsort((np.arange(len(feedback)), feedback.timestamps, feedback.users))
    users, items, times = feedback.users[order], moved[feedback.items[order]], feedback.timestamps[order]
    starts = np.searchsorted(users, np.arange(len(feedback.user_ids) + 1))
    kept = [u for u in range(len(feedback.user_ids)) if starts[u + 1] - starts[u] >= _LEAST]
    if not kept:
        raise DataError(f"{path}: no user has {_LEAST} interactions, and a leave-one-out test needs as many.")
    rows = [slice(int(starts[u]), int(starts[u + 1])) for u in kept]
    lists = Lists(
        name,
        tuple(feedback.user_ids[u] for u in kept),
        shelf.ids,
        shelf.goods,
        tuple(items[row][:-1] for row in rows),
        tuple(times[row][:-1] for row in rows),
        np.array([items[row][-1] for row in rows]),
        (),
    )
    left = len(feedback.user_ids) - len(kept)
    return lists.trimmed(), (f"{left} users with fewer than {_LEAST} interactions were left out.",) if left else ()


def _item_file(folder: Path, name: str, names: Sequence[str]) -> Path:
    found = [other for other in names if other.endswith(".item")]
    if f"{name}.item" in found:
        return folder / f"{name}.item"
    if len(found) != 1:
        what = f"several .item files ({', '.join(found)})" if found else "no .item file"
        raise DataError(f"{folder} has {what}; titles and categories are read from {name}.item, or from the only one.")
    return folder / found[0]


class _Shelf:
    """The items of an ``.item`` file, and their numbers: its rows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        sheet = Sheet.read(path, ("item_id",), (*_TITLES, *_CATEGORIES, "domain")).ids("item_id")
        columns = {name: pc.fill_null(column, "").to_pylist() for name, column in sheet.columns.items()}
        title = next((columns[name] for name in _TITLES if name in columns), None)
        if title is None:
            raise DataError(f"{path} has no column with titles; one of {', '.join(_TITLES)} is needed.")
        self.ids: tuple[str, ...] = tuple(columns["item_id"])
        self._number = {name: number for number, name in enumerate(self.ids)}
        if len(self._number) < len(self.ids):
            row = next(row for row, name in enumerate(self.ids) if self._number[name] != row)
            raise DataError(f"{path}: item_id {self.ids[row]!r} occurs more than once, and each item may have one row.")
        nothing = [""] * len(self.ids)
        category = next((columns[name] for name in _CATEGORIES if name in columns), nothing)
        self.goods = Goods(tuple(title), tuple(category), tuple(columns.get("domain", nothing)))

    def numbers(self, ids: Sequence[str], where: Path) -> IntArray:
        """The items' numbers; DataError for one that has no row."""
        found = [self._number.get(name, -1) for name in ids]
        if -1 in found:
            raise DataError(f"{where}: item {ids[found.index(-1)]!r} is not in {self.path.name}.")
        return np.array(found, np.int64)
