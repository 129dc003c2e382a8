"""Tables of ratings without a header, as most archives of ratings have them: user, item, rating, time, text."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from townsquare.protocols import DataError

_COLUMNS = ("user_id", "item_id", "rating", "timestamp", "text")
_SEPARATORS = ("::", "\t", ",")


@dataclass(frozen=True, slots=True)
class Headless:
    """The cells of such a file by what they mean, as they are written."""

    path: Path
    columns: dict[str, list[str]]
    """``user_id``, ``item_id``, ``rating`` and, where there, ``timestamp`` and ``text``."""
    lines: list[int]
    """Where each row stands in the file, from 1."""

    def place(self, row: int) -> str:
        """Where a row (from 0) stands, for an error message."""
        return f"line {self.lines[row]}"

    @classmethod
    def read(cls, path: Path) -> "Headless":
        """Cells between ``::``, tabs, commas or blanks, whichever of these, in this order, the first line holds.

        The fourth column holds times where the first line has a number there, else reviews; a fifth holds reviews.
        Between blanks a review is the rest of the line. Raises DataError naming file, line and what is allowed.
        """
        rows = list[list[str]]()
        lines = list[int]()
        names: tuple[str, ...] = ()
        try:
            for cells, line in _records(path):
                names = names or _names(path, cells, line)
                if len(cells) > len(names) and names[-1] == "text":
                    cells = [*cells[: len(names) - 1], " ".join(cells[len(names) - 1 :])]
                if len(cells) != len(names):
                    wanted = ", ".join(names)
                    raise DataError(f"{path}, line {line}: {len(cells)} cells where {len(names)} are due ({wanted}).")
                rows.append(cells)
                lines.append(line)
        except (UnicodeDecodeError, csv.Error) as error:
            raise DataError(f"{path} cannot be read as UTF-8 text: {error}.") from error
        except OSError as error:
            raise DataError(f"{path} cannot be read: {error.strerror or error}.") from error
        if not rows:
            raise DataError(f"{path} is empty; a line is user, item, rating and, where there, time and text.")
        return cls(path, dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)), lines)


def headless(path: Path) -> bool:
    """Whether the third cell of the first line is a number, as no header has it."""
    try:
        cells = next(_records(path), ([], 0))[0]
    except (OSError, UnicodeDecodeError, csv.Error):
        return False  # whoever reads it says what is wrong
    return len(cells) > 2 and _number(cells[2])


def _records(path: Path) -> Iterator[tuple[list[str], int]]:
    """Cells without surrounding blanks, and the number of their line; blank lines are skipped."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = next((line for line in file if line.strip()), "")
        separator = next((one for one in _SEPARATORS if one in first), None)
        file.seek(0)
        if separator == ",":
            reader = csv.reader(file)
            for cells in reader:
                if cells:
                    yield [cell.strip() for cell in cells], reader.line_num
            return
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield [cell.strip() for cell in line.split(separator)], number


def _names(path: Path, cells: list[str], line: int) -> tuple[str, ...]:
    """What the columns mean, by the first row."""
    if len(cells) < 3:
        raise DataError(f"{path}, line {line}: {len(cells)} cells, and user, item and rating are needed.")
    if not _number(cells[2]):
        if {"user_id", "item_id"} <= {cell.split(":")[0] for cell in cells}:
            raise DataError(f"{path} has a header: call it .csv (commas) or .tsv (tabs), or take the header away.")
        raise DataError(f"{path}, line {line}: rating, the third cell, must be a number (got {cells[2]!r}).")
    if len(cells) == 3:
        return _COLUMNS[:3]
    if _number(cells[3]):
        return _COLUMNS[: min(len(cells), 5)]
    return (*_COLUMNS[:3], "text")


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
