"""A moderator that goes by a list of words, phrases and regular expressions (ours)."""

import csv
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field, ValidationError, field_validator

from townsquare.protocols.errors import InputError
from townsquare.protocols.moderator import Span
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams
from townsquare.protocols.wording import first_problem
from townsquare.sim.moderators.classified import Classified as Base
from townsquare.sim.moderators.classified import Found, Ruling
from townsquare.sim.moderators.normalise import normalised
from townsquare.sim.moderators.places import placed
from townsquare.sim.moderators.word_counts import words

_APOSTROPHE = re.compile("['’]")


class Entry(Settings):
    """One pattern, and what it means that a text holds it."""

    pattern: str = Field(min_length=1)
    "A word or a phrase, found as whole words; or, between slashes, a regular expression: /win \\d+ pounds/."
    category: str = "listed"
    "What kind of post it makes of one that holds it."
    worth: float = Field(default=1.0, gt=0, le=1)
    "How much it speaks for harm."

    @field_validator("pattern")
    @classmethod
    def _pattern_is_sound(cls, pattern: str) -> str:
        made = _compiled(pattern)
        if made.search("") is not None:
            raise ValueError(f"{pattern!r} is found in every text, the empty one included")
        return pattern


@dataclass(frozen=True, slots=True)
class _Listed:
    """An entry, ready to be looked for."""

    entry: Entry
    pattern: re.Pattern[str]


class Lexicon(Base):
    """What a text holds of a list. Each entry counts once, and the score is 1 - prod(1 - worth).

    Texts are read in small letters with their disguises taken off (``normalise``), so entries are written in small
    letters; ``spans`` are places in the text as it was written, disguise included. The category is that of the
    entries that are worth most together; ties go to the one listed first. A text that holds nothing of the list is
    shown with score 0, one without letters and digits is abstained from. A word does not match within another one
    (``scunthorpe``), but in front of an apostrophe it does (``fool's``).
    """

    class Config(Ruling):
        """The list."""

        entries: tuple[Entry, ...] = ()
        "Patterns with category and worth, or just patterns."
        file: str = ""
        "A table of more: CSV with the columns pattern, category, worth (the last two optional), or TOML [[entries]]."

        @field_validator("entries", mode="before")
        @classmethod
        def _bare_patterns_are_entries(cls, given: Any) -> Any:
            if not isinstance(given, list | tuple):
                return given
            return [{"pattern": one} if isinstance(one, str) else one for one in given]

    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        """Raises InputError for a file that cannot be read, or without anything to look for."""
        super().__init__(config, streams)
        entries = [*config.entries, *(read_entries(Path(config.file)) if config.file else ())]
        if not entries:
            raise InputError("moderator 'lexicon' has nothing to look for: give it entries, or a file of them.")
        self._listed = [_Listed(entry, _compiled(entry.pattern)) for entry in entries]
        self._firsts = {words(one.entry.pattern)[0] for one in self._listed if not _is_regular(one.entry.pattern)}
        self._regular = list(_joined([one.pattern for one in self._listed if _is_regular(one.entry.pattern)]))

    def classify(self, texts: Sequence[str]) -> Found:
        """A first look passes what holds nothing; places are worked out for the rest only, once for equal texts."""
        known: dict[str, tuple[float, str, tuple[Span, ...], tuple[str, ...]]] = {}
        for text in texts:
            if text not in known and self._worth_a_look(text):
                known[text] = self._read(text)
        nothing = (0.0, "", (), ())
        rows = [known.get(text, nothing) for text in texts]
        why = [f"holds {', '.join(row[3])}" if row[3] else "" for row in rows]
        score, category, spans, evidence = zip(*rows, strict=True)
        return Found(np.array(score), category, np.zeros(len(texts), bool), spans, evidence, why)

    def _worth_a_look(self, text: str) -> bool:
        """Whether it may hold anything: no entry is missed, most texts are passed."""
        if self._firsts:
            held = words(text)
            if not self._firsts.isdisjoint(held):
                return True
            if _APOSTROPHE.search(text) and not self._firsts.isdisjoint(_APOSTROPHE.sub(" ", " ".join(held)).split()):
                return True
        if self._regular:
            said = normalised(text)
            return any(pattern.search(said) for pattern in self._regular)
        return False

    def _read(self, text: str) -> tuple[float, str, tuple[Span, ...], tuple[str, ...]]:
        said = placed(text)
        left, by_category = 1.0, dict[str, float]()
        spans, evidence = set(), []
        for one in self._listed:
            found = [match for match in one.pattern.finditer(said.text) if match.end() > match.start()]
            if not found:
                continue
            left *= 1 - one.entry.worth
            by_category[one.entry.category] = by_category.get(one.entry.category, 1.0) * (1 - one.entry.worth)
            evidence.append(one.entry.pattern)
            spans |= {said.span(match.start(), match.end()) for match in found}
        category = min(by_category, key=by_category.__getitem__) if by_category else ""
        return round(1 - left, 9), category, tuple(sorted(spans)), tuple(evidence)


def read_entries(path: Path) -> list[Entry]:
    """The entries of a CSV or TOML file. Raises InputError naming the file and the place of what is wrong."""
    try:
        rows = list(_toml(path) if path.suffix.lower() == ".toml" else _csv(path))
    except (OSError, UnicodeDecodeError, csv.Error, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path} cannot be read as a list of patterns: {error}.") from error
    made = []
    for where, row in rows:
        try:
            made.append(Entry.model_validate(row))
        except ValidationError as error:
            raise InputError(f"{path}, {where}: {first_problem(error, Entry)}") from error
    return made


def _toml(path: Path) -> Iterator[tuple[str, Any]]:
    given = tomllib.loads(path.read_text("utf-8")).get("entries")
    if not isinstance(given, list):
        raise InputError(f"{path} has no [[entries]], each with pattern, category and worth.")
    yield from ((f"entry {n}", {"pattern": row} if isinstance(row, str) else row) for n, row in enumerate(given, 1))


def _csv(path: Path) -> Iterator[tuple[str, Any]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        if "pattern" not in (reader.fieldnames or ()):
            raise InputError(f"{path} has no column pattern (it has {', '.join(reader.fieldnames or ()) or 'none'}).")
        for row in reader:
            yield f"line {reader.line_num}", {key: value for key, value in row.items() if key and value}


def _is_regular(pattern: str) -> bool:
    return len(pattern) > 2 and pattern.startswith("/") and pattern.endswith("/")


def _compiled(pattern: str) -> re.Pattern[str]:
    """Raises ValueError for what is neither words nor a regular expression."""
    if _is_regular(pattern):
        try:
            return re.compile(pattern[1:-1])
        except re.error as error:
            raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
    held = words(pattern)
    if not held:
        raise ValueError(f"{pattern!r} holds no word; a regular expression stands between slashes")
    phrase = r"[\W_]+".join(map(re.escape, held))
    return re.compile(rf"(?<![^\W_]){phrase}(?![^\W_])")


def _joined(patterns: Sequence[re.Pattern[str]]) -> Iterator[re.Pattern[str]]:
    """As few patterns as find the same texts: those without groups and flags of their own become one."""
    plain = [one.pattern for one in patterns if not one.groups and not one.pattern.startswith("(?")]
    if plain:
        yield re.compile("|".join(f"(?:{one})" for one in plain))
    yield from (one for one in patterns if one.groups or one.pattern.startswith("(?"))
