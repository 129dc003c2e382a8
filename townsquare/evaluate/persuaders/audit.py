"""What a rewritten text states that the text before did not: numbers, links, quotations, names.

A rewrite that persuades by inventing is no better wording. The audit is told beside the ratings and never mixed into
them. It goes by how things look, knows nothing about the world, and errs towards reporting: see ``audit``.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from townsquare.evaluate.persuaders.marks import HANDLE, HASHTAG, LINK, NUMBER, QUOTE
from townsquare.protocols.memory import Embedder

KINDS = ("number", "link", "quote", "handle", "hashtag", "name")
FACTS = KINDS[:3]
"""Kinds of which a new one is an added fact; a new or lost one of the others is a changed entity."""

_COUNTED = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {word: str(n) for n, word in enumerate(_COUNTED, start=2)}
_CAPITAL = re.compile(r"\b[^\W\d_]*[A-ZÀ-ÖØ-Þ][\w’'&-]*")
_SENTENCE = re.compile(r"(?:^|[.!?…:\n]|[\"“«(\[–—•-]\s*|[^\w\s,;'’&@#/-])\s*$")
_SHOUTED = frozenset(
    ("A", "I", "OK", "FREE", "NEW", "NOW", "SALE", "STOP", "WOW", "YES", "NO", "NOT", "ALL", "LIVE", "TODAY", "VERY",
     "HURRY", "TV")
)  # fmt: skip
"""Words in capitals that are no names."""
_QUOTED_WORDS = 3


@dataclass(frozen=True, slots=True)
class Audit:
    """Marks of each kind that came in and that went, in the order of ``KINDS``, each in lower case."""

    added: tuple[tuple[str, ...], ...]
    dropped: tuple[tuple[str, ...], ...]

    @property
    def fact_added(self) -> bool:
        """Whether there is a number, link or quotation that the text before does not have; a changed one is one."""
        return any(new for kind, new in zip(KINDS, self.added, strict=True) if kind in FACTS)

    @property
    def entity_changed(self) -> bool:
        """Whether an @handle, a hashtag or a name came in, or an @handle or a name was lost."""
        new = any(one for kind, one in zip(KINDS, self.added, strict=True) if kind not in FACTS)
        return new or any(one for kind, one in zip(KINDS, self.dropped, strict=True) if kind in ("handle", "name"))


def audit(before: str, after: str, names: Collection[str] = ()) -> Audit:
    """What ``after`` adds to and drops from ``before``. ``names`` are brands and accounts, found in any writing.

    Equal are numbers but for thousands separators and words up to twelve; links but for a closing slash; names and
    tags but for capitals. A name is a word with a capital that does not begin a sentence, or one of ``names``; what
    stands in the other text in small letters is none. Words in capitals for emphasis, and headings with a capital to
    every word, are therefore reported as names too. A quotation has three words or more.
    """
    old, new = _marks(before, names), _marks(after, names)
    plain = (_plain(before), _plain(after))
    added = tuple(_beyond(kind, mine, theirs, plain[0]) for kind, mine, theirs in zip(KINDS, new, old, strict=True))
    dropped = tuple(_beyond(kind, mine, theirs, plain[1]) for kind, mine, theirs in zip(KINDS, old, new, strict=True))
    return Audit(added, dropped)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What a contestant made of a text, and what somebody else made of it whose text was liked more."""

    contestant: str
    before: str
    after: str
    better: str


def rows(rewrites: Sequence[Rewrite], names: Collection[str], embedder: Embedder) -> list[dict[str, object]]:
    """One per contestant: texts, the share unlike the input, and the shares of ``fact_added``, ``entity_changed`` and
    of a new mark of each kind. ``to_input`` and ``to_better`` are mean cosines of what was written to the input and to
    the better post; they say how far a contestant went, and are no proof of equal meaning.
    """
    found: dict[str, list[Rewrite]] = {}
    for rewrite in rewrites:
        found.setdefault(rewrite.contestant, []).append(rewrite)
    return [_row(name, mine, names, embedder) for name, mine in found.items()]


def _row(name: str, mine: Sequence[Rewrite], names: Collection[str], embedder: Embedder) -> dict[str, object]:
    audits = [audit(one.before, one.after, names) for one in mine]
    before, after, better = (
        embedder.embed(texts).astype(np.float64)
        for texts in ([r.before for r in mine], [r.after for r in mine], [r.better for r in mine])
    )

    def share(flags: Iterable[bool]) -> float:
        return round(sum(flags) / len(mine), 4)

    row: dict[str, object] = {"contestant": name, "texts": len(mine)}
    row["rewritten"] = share(one.before != one.after for one in mine)
    row["fact_added"] = share(one.fact_added for one in audits)
    row["entity_changed"] = share(one.entity_changed for one in audits)
    for place, kind in enumerate(KINDS):
        row[f"new_{kind}"] = share(bool(one.added[place]) for one in audits)
    row["to_input"] = round(float((after * before).sum(axis=1).mean()), 4)
    row["to_better"] = round(float((after * better).sum(axis=1).mean()), 4)
    return row


def _marks(text: str, names: Collection[str]) -> tuple[frozenset[str], ...]:
    links = frozenset(found.group().rstrip("/.,;:!?)").lower() for found in LINK.finditer(text))
    bare = LINK.sub(" ", text)
    handles = frozenset(found.lower() for found in HANDLE.findall(bare))
    hashtags = frozenset(found.lower() for found in HASHTAG.findall(bare))
    words = HASHTAG.sub(" . ", HANDLE.sub(" . ", bare))  # a name after one of them begins nothing, but what does it end
    numbers = frozenset(_number(found) for found in NUMBER.findall(words)) | frozenset(
        _NUMBERS[word] for word in re.findall(r"[a-z]+", words.lower()) if word in _NUMBERS
    )
    quoted = ("".join(parts) for parts in QUOTE.findall(bare))
    quotes = frozenset(_plain(quote) for quote in quoted if len(quote.split()) >= _QUOTED_WORDS)
    return numbers, links, quotes, handles, hashtags, _names(words, names)


def _names(text: str, known: Collection[str]) -> frozenset[str]:
    found = set()
    for match in _CAPITAL.finditer(text):
        word = match.group().removesuffix("'s").removesuffix("’s")
        inner = any(char.isupper() for char in word[1:]) and not word.isupper()
        begins = _SENTENCE.search(text[: match.start()]) is not None
        if word.upper() not in _SHOUTED and (inner or not begins) and not word.startswith(("I'", "I’")):
            found.add(word.casefold())
    whole = f" {_plain(text)} "
    return frozenset(found | {name.casefold() for name in known if name and f" {_plain(name)} " in whole})


def _beyond(kind: str, mine: frozenset[str], theirs: frozenset[str], plain: str) -> tuple[str, ...]:
    """What one text has and the other has not; a quotation or a name that stands there unmarked is there."""
    new = mine - theirs
    if kind in ("name", "quote"):
        whole = f" {plain} "
        new = frozenset(one for one in new if f" {_plain(one)} " not in whole)
    return tuple(sorted(new))


def _number(text: str) -> str:
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text).rstrip(".,:/-").replace(" ", "").lower()
    return re.sub(r"(?<=\d)(?:st|nd|rd|th)$", "", text)


def _plain(text: str) -> str:
    """Words only, in lower case, with single spaces."""
    return " ".join(re.findall(r"[\w@#&]+", text.casefold()))
