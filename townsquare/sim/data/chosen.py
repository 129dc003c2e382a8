"""Which tables a user means who gives a file, a folder, or the name of a data set."""

from dataclasses import dataclass, field
from pathlib import Path

from townsquare.protocols import DataError
from townsquare.protocols.errors import did_you_mean
from townsquare.sim.data import sets
from townsquare.sim.data.sheet import FORMATS
from townsquare.sim.data.tables import find


@dataclass(frozen=True, slots=True)
class Chosen:
    """The tables of a town; either may be missing."""

    articles: Path | None = None
    interactions: Path | None = None
    labels: dict[str, Path] = field(default_factory=dict)
    """Each table's file under a name that is the same on other machines: what the user gave, with the file in it."""


def choose(source: str | None, articles: str | None, interactions: str | None) -> Chosen:
    """The files behind what was given; DataError when there is none, or when a data set has not been fetched.

    Args:
        source: a registered data set or a folder; stands for both tables, as far as there are both.
        articles: a registered data set, a folder, or a file.
        interactions: likewise.

    A registered name wins over a file of the same name; ``./name`` means the file.
    """
    given = {"articles": articles, "interactions": interactions}
    try:
        if source is not None:
            found = _both(source)
        else:
            found = {role: _one(text, role) for role, text in given.items() if text is not None}
    except OSError as error:
        where = error.filename or source or articles or interactions
        raise DataError(f"{where} cannot be read: {error.strerror or error}.") from error
    return Chosen(**{role: path for role, (_, path) in found.items()}, labels=dict(found.values()))


def _both(source: str) -> dict[str, tuple[str, Path]]:
    if source in sets.known():
        home = sets.home_of(source)
        return {role: (f"{source}/{sets.TABLES[role]}", home / sets.TABLES[role]) for role in sets.roles_of(source)}
    folder = Path(source).expanduser()
    if _is_file(folder):
        raise DataError(f"{source} is a file; give it as data.articles or data.interactions.")
    there = dict(zip(sets.TABLES, _found(folder, source), strict=True))
    return {role: (f"{source.rstrip('/')}/{path.name}", path) for role, path in there.items() if path is not None}


def _one(text: str, role: str) -> tuple[str, Path]:
    if text in sets.known():
        home = sets.home_of(text)
        if role not in sets.roles_of(text):
            raise DataError(f"data set {text!r} has no table of {role}.")
        return f"{text}/{sets.TABLES[role]}", home / sets.TABLES[role]
    path = Path(text).expanduser()
    if path.suffix.lower() in FORMATS or _is_file(path):
        return text, path  # whether it is there, and is a table, is said by whoever reads it
    found = dict(zip(sets.TABLES, _found(path, text), strict=True))[role]
    if found is None:
        raise DataError(f"{text} holds no table of {role}, only {_others(path)}.")
    return f"{text.rstrip('/')}/{found.name}", found


def _others(folder: Path) -> str:
    return ", ".join(path.name for path in find(folder) if path is not None)


def _found(folder: Path, given: str) -> tuple[Path | None, Path | None]:
    if folder.is_dir():
        return find(folder)
    known = ", ".join(name for name in sets.known() if sets.roles_of(name))
    hint = did_you_mean(given, sets.known())
    raise DataError(f"{given!r} is neither a file or folder nor a data set{hint} Data sets with tables: {known}.")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False
