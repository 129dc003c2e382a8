"""How alike the images of posts are, from a table of the user's own."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from townsquare.protocols import DataError
from townsquare.sim.data.sheet import Sheet


def read(path: str | Path, place: Mapping[str, int]) -> list[tuple[int, int, float]]:
    """(row, row, similarity) of a table with columns ``a``, ``b`` (ids of posts) and ``similarity`` (0 to 1).

    ``place`` gives the row of an id. Raises DataError for an id that is no post, and for a similarity that is none.
    """
    sheet = Sheet.read(Path(path).expanduser(), ("a", "b", "similarity")).ids("a").ids("b")
    values = pd.to_numeric(pd.Series(sheet.columns["similarity"].to_numpy()), errors="coerce")
    found = []
    sides = zip(sheet.columns["a"].to_pylist(), sheet.columns["b"].to_pylist(), values, strict=True)
    for row, (a, b, similarity) in enumerate(sides):
        for one in (a, b):
            if one not in place:
                raise DataError(f"{sheet.path}, {sheet.place(row)}: {one!r} is no id of a post with a text.")
        if not 0 <= similarity <= 1:
            raise DataError(f"{sheet.path}, {sheet.place(row)}: similarity must be a number from 0 to 1.")
        found.append((place[a], place[b], float(similarity)))
    return found
