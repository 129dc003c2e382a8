"""A user's own posts with the engagement they got, from a table."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from townsquare.protocols import DataError, FloatArray
from townsquare.protocols.persuader import Post
from townsquare.sim.data.sheet import Sheet

REQUIRED = ("id", "account", "text", "likes")
OPTIONAL = ("created_at", "media", "image", "link", "brand")
_LATEST = 253_402_300_800.0
"""The year 10000, in seconds since 1970; a time of twelve digits or more is in milliseconds, and is refused."""


@dataclass(frozen=True, slots=True)
class Posts:
    """Posts in the order of the table."""

    name: str
    posts: tuple[Post, ...]
    remarks: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.posts)

    @property
    def likes(self) -> FloatArray:
        """(n,) engagement."""
        return np.array([post.likes for post in self.posts], np.float64)

    @property
    def times(self) -> FloatArray:
        """(n,) seconds since 1970; NaN where unknown."""
        return np.array([post.created_at for post in self.posts], np.float64)


def read_posts(path: str | Path) -> Posts:
    """A .csv, .tsv or .parquet with a row per post.

    Columns: ``id``, ``account``, ``text`` and ``likes`` (any engagement that counts, 0 or more); optional are
    ``created_at`` (seconds since 1970, or ISO 8601, UTC where no zone is given; a cell may be empty), ``media`` or
    ``image`` (whatever names the image; empty for none), ``link`` and ``brand``. Posts without a text are left out,
    with a remark. Raises DataError that names the file, the row and what is allowed.
    """
    sheet = Sheet.read(Path(path).expanduser(), REQUIRED, OPTIONAL).ids("id").ids("account")
    if "media" in sheet.columns and "image" in sheet.columns:
        raise DataError(f"{sheet.path} has a column media and a column image, which mean the same; keep one.")
    ids = sheet.columns["id"].to_pylist()
    if len(set(ids)) < len(ids):
        seen = set[str]()
        row = next(row for row, one in enumerate(ids) if one in seen or seen.add(one))  # type: ignore[func-returns-value]
        raise DataError(f"{sheet.path}, {sheet.place(row)}: id {ids[row]!r} is there already; each post has its own.")
    likes, times = _likes(sheet), _times(sheet)
    texts, brands, links = (_words(sheet, name) for name in ("text", "brand", "link"))
    media = _words(sheet, "media" if "media" in sheet.columns else "image")
    accounts = sheet.columns["account"].to_pylist()
    rows = zip(ids, accounts, texts, likes.tolist(), times.tolist(), media, links, brands, strict=True)
    posts = tuple(Post(*row) for row in rows if row[2])
    if not posts:
        raise DataError(f"{sheet.path}: the text is empty in every row.")
    empty = len(ids) - len(posts)
    return Posts(sheet.path.name, posts, (f"{empty} posts without a text were left out.",) if empty else ())


def _words(sheet: Sheet, name: str) -> list[str]:
    if name not in sheet.columns:
        return [""] * len(sheet)
    found = pc.fill_null(sheet.columns[name], "").to_pylist()
    return found if name == "text" else ["" if one.lower() in ("nan", "none", "null") else one for one in found]


def _likes(sheet: Sheet) -> FloatArray:
    sheet.refuse_empty("likes")
    given = pd.Series(sheet.columns["likes"].to_numpy())
    likes: FloatArray = pd.to_numeric(given, errors="coerce").to_numpy(np.float64)
    bad = np.flatnonzero(~(np.isfinite(likes) & (likes >= 0)))
    if len(bad):
        row = int(bad[0])
        many = f"; {len(bad)} such rows" if len(bad) > 1 else ""
        raise DataError(f"{sheet.path}, {sheet.place(row)}: likes must be a number from 0 (got {given[row]!r}{many}).")
    return likes


def _times(sheet: Sheet) -> FloatArray:
    """Seconds since 1970; NaN for empty cells."""
    if "created_at" not in sheet.columns:
        return np.full(len(sheet), np.nan)
    text = pd.Series(pc.fill_null(sheet.columns["created_at"], "").to_numpy(zero_copy_only=False))
    empty = text.str.lower().isin(["", "nan", "none", "null"]).to_numpy()
    numbers = pd.to_numeric(text, errors="coerce").to_numpy(np.float64)
    if np.isnan(numbers).all():
        dates = pd.to_datetime(text, errors="coerce", utc=True, format="ISO8601")
        numbers = (dates - pd.Timestamp(0, tz="UTC")).dt.total_seconds().to_numpy(np.float64)
    bad = np.flatnonzero(~empty & ~((numbers >= 0) & (numbers < _LATEST)))
    if len(bad):
        row = int(bad[0])
        raise DataError(
            f"{sheet.path}, {sheet.place(row)}: created_at must be seconds since 1970 or an ISO 8601 date, the same in "
            f"all rows (got {text[row]!r})."
        )
    return np.where(empty, np.nan, numbers)
