"""Known data sets: what they are, where they live, and where they lie on this machine."""

import os
import sys
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field

from townsquare.protocols import DataError, Settings
from townsquare.protocols.errors import did_you_mean
from townsquare.sim.data.layout import ArticleLayout, InteractionLayout

RECEIPT = "contents.json"
"""Written last into a set's folder: the files that were unpacked, with their sizes."""
UNPACKED = "files"
"""Where they lie in it."""
TABLES = {"articles": "articles.parquet", "interactions": "interactions.parquet"}
"""What the tables in our own columns are called that are made from them, beside that folder."""


class Source(Settings):
    """One file of a data set."""

    url: str
    "Where it is fetched from."
    bytes: int | None = Field(default=None, ge=1)
    "Its size, where it is known."
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    "Its checksum, where it is known."
    md5: str | None = Field(default=None, pattern="^[0-9a-f]{32}$")
    "Another checksum; where both are known, both must hold."
    md5_url: str | None = None
    "Where the publisher keeps the current md5 of a file that changes."

    @property
    def name(self) -> str:
        """The file's own name, the last part of the URL."""
        return PurePosixPath(urlsplit(self.url).path).name


class DataSet(Settings):
    """A data set and the terms it comes under."""

    name: str
    "What it is called here."
    title: str
    "What it is, in one line."
    homepage: str
    "Where it is described."
    licence: str
    "SPDX identifier, or a few words."
    terms: str
    "What may be done with it, in one sentence."
    ships: bool = False
    "Whether it comes with the package."
    accept: bool = False
    "Whether the terms must be accepted before it is fetched."
    by_hand: str = ""
    "What to do where it cannot be fetched automatically."
    files: tuple[Source, ...] = ()
    "What is fetched."
    articles: ArticleLayout | None = None
    "How to make the table of articles; none where the set has no texts, or where its layout is not known for sure."
    interactions: InteractionLayout | None = None
    "How to make the table of interactions, likewise."


@cache
def known() -> dict[str, DataSet]:
    """All registered data sets by name, in alphabetical order."""
    raw: dict[str, Any] = tomllib.loads(files("townsquare.sim.data").joinpath("sets.toml").read_text("utf-8"))
    return {name: DataSet(name=name, **raw[name]) for name in sorted(raw)}


def find(name: str) -> DataSet:
    """The data set called ``name``; DataError with the nearest name otherwise."""
    if name not in known():
        raise DataError(f"no data set named {name!r}{did_you_mean(name, known())} Known: {', '.join(known())}.")
    return known()[name]


def default_folder() -> Path:
    """Where data sets are kept: ``TOWNSQUARE_DATA``, or ``townsquare/data`` in the user's cache folder."""
    chosen = os.environ.get("TOWNSQUARE_DATA")
    if chosen:
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "townsquare" / "data"


def inner(home: Path) -> Path:
    """The folder below a set's folder that holds its files; an archive's only folder stands for the archive."""
    unpacked = home / UNPACKED
    entries = list(unpacked.iterdir())
    return entries[0] if len(entries) == 1 and entries[0].is_dir() else unpacked


def roles_of(name: str) -> tuple[str, ...]:
    """Which tables a registered data set has in our own columns."""
    found = known()[name]
    return tuple(role for role in TABLES if getattr(found, role) is not None)


def home_of(name: str, folder: Path | None = None) -> Path:
    """The folder that holds the tables of a registered data set; DataError, saying what to do, where they are not."""
    found = known()[name]
    if found.ships:
        raise DataError(f"data set {name!r} comes as vectors, not as tables; say data.source={name} and nothing else.")
    locate(name, folder)
    home = (folder or default_folder()) / name
    roles = roles_of(name)
    if not roles:
        raise DataError(
            f"data set {name!r} comes as published, in columns of its own; make tables of {home} as docs/data.md says."
        )
    if not all((home / TABLES[role]).is_file() for role in roles):
        raise DataError(
            f"the tables of data set {name!r} are not in {home}; make them with: townsquare data get {name}"
        )
    return home


def locate(name_or_path: str | Path, folder: Path | None = None) -> Path:
    """The folder of a registered data set that has been fetched (or ships), or else the path that was given.

    A registered name wins over a file of the same name; ``./name`` means the file. Raises DataError when there is
    neither such a set nor such a path, or when the set has not been fetched.
    """
    text = str(name_or_path)
    if text in known():
        found = known()[text]
        if found.ships:
            return Path(str(files("townsquare.sim.data").joinpath(text)))
        home = (folder or default_folder()) / text
        if (home / RECEIPT).is_file():
            return inner(home)
        if not found.files:
            raise DataError(f"data set {text!r} cannot be fetched for you: {found.by_hand} Home: {found.homepage}")
        raise DataError(f"data set {text!r} is not in {home.parent}; fetch it with: townsquare data get {text}")
    path = Path(text).expanduser()
    if path.exists():
        return path
    raise DataError(
        f"{text!r} is neither a file or folder nor a data set{did_you_mean(text, known())}"
        f" Data sets: {', '.join(known())}."
    )
