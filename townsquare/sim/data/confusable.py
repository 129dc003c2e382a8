"""Pairs of texts with the same word, one of which breaks the rules and one of which does not."""

import csv
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from townsquare.protocols.errors import DataError

SHIPPED = "shipped"
"""The name of our own pairs: mild ones, made up, in English."""
_NAMES = {"harmful": ("harmful", "text_a"), "confusable": ("confusable", "text_b")}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that a filter by keywords takes for the same."""

    harmful: str
    confusable: str
    """Breaks no rule."""
    kind: str = ""
    """What the first is harmful for."""
    keyword: str = ""
    """What both hold."""


def pairs(source: str | Path = SHIPPED) -> list[Pair]:
    """Ours, or those of a CSV file with the columns harmful and confusable (or text_a and text_b), kind and keyword as
    you like. Raises DataError naming file and line.
    """
    path = Path(str(files("townsquare.sim.data").joinpath("confusable.csv"))) if source == SHIPPED else Path(source)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            has = reader.fieldnames or ()
            columns = {name: next((one for one in known if one in has), None) for name, known in _NAMES.items()}
            if None in columns.values():
                raise DataError(f"{path} has no columns harmful and confusable (it has {', '.join(has) or 'none'}).")
            made = []
            for row in reader:
                one, other = ((row[column] or "").strip() for column in columns.values() if column)
                if not one or not other:
                    raise DataError(f"{path}, line {reader.line_num}: a pair has two texts.")
                made.append(Pair(one, other, row.get("kind") or "", row.get("keyword") or ""))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} cannot be read as a table of pairs: {error}.") from error
    if not made:
        raise DataError(f"{path} has no pairs.")
    return made
