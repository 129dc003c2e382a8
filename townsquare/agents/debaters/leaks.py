"""Whether a text says what its author was told about the reader."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from townsquare.agents.prompts.quoting import clean
from townsquare.protocols.debate import FIELDS

_TELLS_NOTHING = frozenset({"other", "not-sure", ""})
_ALSO_SPOKEN = frozenset({"high-school", "self-employed", "native-american"})
"""Words with a hyphen that people use of others too; the rest with one are words of a form, and count anywhere."""
_SAID_OF = r"\b(?:as|being|are|you're|were)\s(?:an?|the|another|one of the)\s"
"""What turns a word into a statement about a person: as a ..., you are a ..."""
_BETWEEN = r"(?:(?!(?:of|in|with|for|to|that|who|which|and|or|where|on|by|from|as|is|are|not)\b)[\w+-]+,?\s){0,3}"
"""Up to three words that may describe the same person: year old, young, ..."""


def fields_of(profile: str | Iterable[str] | Mapping[str, str]) -> dict[str, str]:
    """A profile (lines ``field: value``, or a mapping) as field -> value; other lines are passed over."""
    if isinstance(profile, Mapping):
        return {field: str(profile[field]) for field in FIELDS if profile.get(field)}
    lines = profile.splitlines() if isinstance(profile, str) else profile
    pairs = [line.partition(":") for line in lines]
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip() in FIELDS and value.strip()}


def leaks(text: str, profile: str | Iterable[str] | Mapping[str, str]) -> tuple[str, ...]:
    """The fields of ``profile`` that ``text`` states in its own words, in the order of ``FIELDS``; empty for none.

    A value counts where it is said of a person: "as a 25-34 year old republican", "you are a student", "your democrat
    values", "a republican like you". Age bands and words of a form (employed-wages) count anywhere. What is meant and
    not said verbatim is not found; "Republicans in Congress" and "the White House" are no leaks. Our construction.
    """
    said = clean(text).casefold()
    found = fields_of(profile)
    return tuple(
        field for field in FIELDS if field in found and any(_stated(one, said) for one in _words(found[field]))
    )


def words_of(profile: str | Iterable[str] | Mapping[str, str]) -> frozenset[str]:
    """All values of a profile, several of one field apart."""
    return frozenset(word for value in fields_of(profile).values() for word in _words(value))


def _words(value: str) -> list[str]:
    """The values of a field; several ethnicities are joined by a plus sign, which is also the end of 65+."""
    parts = [part.strip() for part in re.split(r"\+(?=.)|;", value.casefold())]
    return [part for part in parts if part not in _TELLS_NOTHING]


def _stated(word: str, text: str) -> bool:
    return any(pattern.search(text) for pattern in _patterns(word))


@lru_cache(maxsize=256)
def _patterns(word: str) -> tuple[re.Pattern[str], ...]:
    band = re.fullmatch(r"(\d+)(?:-(\d+)|\+)", word)
    if band:
        low, high = band.groups()
        end = rf"(?:-|–|\sto\s|\sand\s){high}(?!\d)" if high else r"(?:\+|\s(?:or|and)\s(?:older|over)\b)"
        return (re.compile(rf"(?<![\d.]){low}{end}"),)
    if "-" in word and word not in _ALSO_SPOKEN:
        return (re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])"),)
    value = rf"(?<![\w-]){'[ -]'.join(map(re.escape, re.split('[ -]', word)))}(?![\w-])"
    return (
        re.compile(rf"{_SAID_OF}{_BETWEEN}{value}"),
        re.compile(rf"\b(?:your|fellow)\s(?:own\s)?{value}"),
        re.compile(rf"\byou(?: are|'re|,? as)\s(?:\w+\s)?{value}"),
        re.compile(rf"{value}\s(?:\w+\s)?(?:like|such as)\s(?:you|yourself)\b"),
    )
