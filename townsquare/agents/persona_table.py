"""Personas from a table or a list: one row, one person."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from townsquare.agents.personas import REFLECTIONS, BigFive, Demographics, Persona, Schwartz
from townsquare.protocols.errors import DataError, did_you_mean
from townsquare.protocols.wording import first_problem

_LONGEST = 100_000
"""Characters of a cell; a file that holds more is not a table of personas."""

_PLAIN = ("name", "stubbornness", "eps")
_STATE = ("mood", "fatigue")
_REFLECTIONS = tuple(f"reflection_{n}" for n in range(1, REFLECTIONS + 1))
_GROUPS: dict[str, tuple[str, ...]] = {
    "demographics": tuple(Demographics.model_fields),
    "big_five": tuple(BigFive.model_fields),
    "schwartz": tuple(Schwartz.model_fields),
    "state": _STATE,
}
COLUMNS = (*_PLAIN, *(field for fields in _GROUPS.values() for field in fields), *_REFLECTIONS)
"""Columns with a fixed name; beside them ``stance:TOPIC``, ``confidence:TOPIC``, ``prior_thought:TOPIC`` and
``salience:TOPIC``, a topic each.
"""
_PREFIXES = ("stance", "confidence", "prior_thought", "salience")


def from_csv(path: Path | str) -> list[Persona]:
    """One persona per row, in the order of the file (UTF-8, comma-separated, with a header line).

    Every column may be missing and every cell empty: then it is not known. Several ethnicities are separated by ``;``.
    Raises DataError that names the file, the row (the header is row 1) and the column.
    """
    path = Path(path)
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            limit = csv.field_size_limit(_LONGEST)
            try:
                reader = csv.reader(file, strict=True)
                header = next(reader, None)
                if header is None:
                    raise DataError(f"{path} is empty; it needs a header line.")
                names = _checked(path, [name.strip() for name in header])
                rows = ((n, cells) for n, cells in enumerate(reader, start=2) if any(cell.strip() for cell in cells))
                return [_row(path, number, names, cells) for number, cells in rows]
            finally:
                csv.field_size_limit(limit)
    except FileNotFoundError:
        raise DataError(f"there is no file {path}.") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 (byte {error.start}).") from error
    except csv.Error as error:
        raise DataError(f"{path} is not a table separated by commas: {error}.") from error


def from_list(rows: Iterable[Persona | Mapping[str, Any]], what: str = "personas") -> list[Persona]:
    """Personas as they are, and mappings with the fields of one; DataError names the entry, from 0, and the field."""
    found = []
    for number, row in enumerate(rows):
        try:
            found.append(row if isinstance(row, Persona) else Persona.model_validate(dict(row)))
        except (ValidationError, TypeError, ValueError) as error:
            wrong = first_problem(error, Persona) if isinstance(error, ValidationError) else f"{error}."
            raise DataError(f"{what}, entry {number}: {wrong}") from error
    return found


def _checked(path: Path, header: list[str]) -> list[str]:
    for column, name in enumerate(header, start=1):
        prefix, colon, topic = name.partition(":")
        if not (name in COLUMNS or (colon and topic.strip() and prefix in _PREFIXES)):
            patterns = ", ".join(f"{prefix}:TOPIC" for prefix in _PREFIXES)
            raise DataError(
                f"{path}: column {column} has the unknown name {name[:60]!r}{did_you_mean(name[:60], COLUMNS)} "
                f"Known are {', '.join(COLUMNS)}, and {patterns}."
            )
        if name in header[: column - 1]:
            raise DataError(f"{path}: there are two columns {name!r}.")
    for topic in _topics(header, ("confidence", "prior_thought")):
        if f"stance:{topic}" not in header:
            raise DataError(f"{path}: what is said of the stance on {topic!r} needs a column 'stance:{topic}'.")
    return header


def _row(path: Path, number: int, names: list[str], cells: list[str]) -> Persona:
    if len(cells) != len(names):
        raise DataError(f"{path}, row {number}: {len(cells)} cells, where the header has {len(names)} columns.")
    told = {name: cell.strip() for name, cell in zip(names, cells, strict=True) if cell.strip()}
    shaped = _shaped(told)
    try:
        return Persona.model_validate(shaped)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        column = _column(problem["loc"], shaped, told)
        message = problem["msg"].removeprefix("Value error, ").removesuffix(".")
        got = f" (got {told[column][:60]!r})" if column in told else ""
        raise DataError(f"{path}, row {number}, column {column}: {message}{got}.") from error


def _shaped(told: Mapping[str, str]) -> dict[str, Any]:
    """The cells of a row as the fields of a persona; pydantic turns texts into numbers."""
    shaped: dict[str, Any] = {name: told[name] for name in _PLAIN if name in told}
    for group, fields in _GROUPS.items():
        held: dict[str, Any] = {field: told[field] for field in fields if field in told}
        if "ethnicity" in held:
            held["ethnicity"] = [word.strip() for word in held["ethnicity"].split(";") if word.strip()]
        shaped[group] = held
    shaped["reflections"] = [told[name] for name in _REFLECTIONS if name in told]
    salient = {topic: told[f"salience:{topic}"] for topic in _topics(told, ("salience",))}
    shaped["state"]["topic_salience"] = [{"topic": topic, "value": value} for topic, value in salient.items()]
    shaped["stances"] = [
        {"topic": topic}
        | {
            field: told[f"{column}:{topic}"]
            for field, column in (("value", "stance"), ("confidence", "confidence"), ("prior_thought", "prior_thought"))
            if f"{column}:{topic}" in told
        }
        for topic in _topics(told, ("stance", "confidence", "prior_thought"))
    ]
    return shaped


def _topics(names: Iterable[str], prefixes: tuple[str, ...]) -> list[str]:
    found = (name.partition(":") for name in names)
    return list(dict.fromkeys(topic for prefix, colon, topic in found if colon and prefix in prefixes))


def _column(place: tuple[int | str, ...], shaped: Mapping[str, Any], told: Mapping[str, str]) -> str:
    """The column that the problem at ``place`` of a persona came from."""
    if place[0] == "reflections":
        return [name for name in _REFLECTIONS if name in told][int(place[1])]
    if place[0] == "stances":
        if len(place) < 2:
            return "stance"
        topic = shaped["stances"][int(place[1])]["topic"]
        return f"{'stance' if place[-1] in ('value', 'topic') else place[-1]}:{topic}"
    if place[:2] == ("state", "topic_salience") and len(place) > 2:
        return f"salience:{shaped['state']['topic_salience'][int(place[2])]['topic']}"
    return str(place[1]) if place[0] in _GROUPS and len(place) > 1 else str(place[0])
