"""How harmful a text is, by a short list of mild words and three kinds of patterns (ours).

Transparent rather than good: every score follows from words that anybody can read below, and a text in other words
passes. Meant for towns whose harmful posts are made up, and as the floor that learnt scorers have to beat. The list
holds mild words on purpose; a town that needs others names them (``HarmWords.Config.more``).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import Field, field_validator

from townsquare.protocols.columns import FloatArray, steady
from townsquare.protocols.moderator import ACTION, Posts, Span, Verdicts
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams
from townsquare.sim.moderators.normalise import normalised

KINDS = ("none", "insult", "stereotype", "threat")
"""What a text is harmful for, mildest first; of two kinds with one score the later is named."""
INSULTS: Mapping[str, float] = {
    **dict.fromkeys(("idiot", "idiots", "moron", "morons", "scum", "vermin", "parasite", "parasites"), 0.45),
    **dict.fromkeys(("fool", "fools", "clown", "clowns", "loser", "losers", "liar", "liars", "leech", "leeches"), 0.4),
    **dict.fromkeys(
        ("stupid", "pathetic", "worthless", "disgusting", "brainless", "useless", "rotten", "filthy"), 0.35
    ),
    **dict.fromkeys(("lazy", "dumb", "ignorant", "greedy", "dishonest", "rubbish", "trash", "crooks", "thieves"), 0.3),
}
"""Words and what each is worth; said of anything at all they stay below .5, said of somebody they count for more."""
OF_SOMEBODY = 0.75
"""What an insult is worth that is said of a person or a group: ``you are ...``, ``those ...``."""
STEREOTYPE, THREAT = 0.7, 0.85
"""What the other two patterns are worth."""
PEOPLE = (
    "they all", "these people", "those people", "people like (?:you|that|them|these)", "your (?:kind|sort|lot)",
    "that (?:kind|sort|lot|crowd)", "foreigners", "immigrants", "migrants", "newcomers", "incomers", "outsiders",
    "strangers", "refugees", "locals", "pensioners", "boomers", "teenagers", "students", "women", "men", "girls",
    "boys", "old people", "young people", "the (?:poor|rich|old|young|unemployed)", "tenants", "landlords",
    "neighbours", "drivers", "motorists", "cyclists", "supporters", "opponents", "believers", "unbelievers",
    "easterners", "westerners", "northerners", "southerners", "city people", "country people",
)  # fmt: skip
"""Groups that a sentence may be about; patterns."""

_WORD = "|".join(sorted(INSULTS, key=len, reverse=True))
_GROUP = "|".join(PEOPLE)
_ALWAYS = (
    r"cheat|lie|steal|complain|whine|leech|spoil|ruin|wreck|take|waste|cause trouble|make trouble|get everything|"
    r"bring (?:crime|trouble|dirt)|live off"
)
_NEVER = r"belong|fit in|work|learn|listen|think|pay|tell the truth|be trusted"
_PATTERNS: Mapping[str, tuple[re.Pattern[str], float]] = {
    "insult": (
        re.compile(
            rf"\b(?:you|u|they|he|she|{_GROUP})(?:'re| are| is)?"
            rf"(?: all| such| so| just| nothing but| a| an| the| really)* (?:\w+ )?(?:{_WORD})\b"
            rf"|\b(?:you|those|these|them|shut up)[ ,]+(?:\w+ )?(?:{_WORD})\b"
        ),
        OF_SOMEBODY,
    ),
    "stereotype": (
        re.compile(
            rf"\b(?:{_GROUP}|they)(?: (?:always|only|just|simply|all|can only) (?:ever )?(?:{_ALWAYS})"
            rf"| (?:never|will never|can never|cannot|can't|do not|don't) (?:ever )?(?:{_NEVER})"
            r"|(?: are|'re)?(?: all)? (?:the same|not like us|taking over|not welcome))\b|\bgo back (?:home|to where)\b"
        ),
        STEREOTYPE,
    ),
    "threat": (
        re.compile(
            r"\b(?:you|they|he|she|your (?:kind|sort|lot)) (?:will|'ll|are going to|should|had better|deserve to) "
            r"(?:all )?(?:pay for|regret|suffer|be sorry|be driven out|be run out|be beaten|get hurt|leave before)"
            r"|\b(?:we|i)(?: will|'ll| are going to| am going to)(?: all)? (?:find|come for|get|hurt|beat|chase|"
            r"drive out|run out|silence|finish) (?:you|them|him|her|your|those|these)"
            r"|\bwatch your back\b|\byou have been warned\b|\bsleep with one eye open\b"
        ),
        THREAT,
    ),
}
_ALONE = re.compile(rf"\b(?:{_WORD})\b")
_NOT = re.compile(r"\b(?:not|no|never|isn't|aren't|nobody is|without being|instead of)(?: \w+){0,2} $")
"""Right before a word it takes the harm out of it: ``not stupid``, ``nobody is a fool``."""


@dataclass(frozen=True, slots=True)
class Harm:
    """What a text was found to be."""

    score: float
    """0 to 1."""
    kind: str
    """One of ``KINDS``: what weighs most."""
    target: str
    """The group that is spoken of, in the words of the text; "" where none of ``PEOPLE`` is."""
    spans: tuple[Span, ...]
    """What the score rests on, as places in ``normalised(text)``, by their beginning."""


_ABOUT = re.compile(rf"\b(?:{_GROUP})\b")


def read(text: str, more: Mapping[str, float] | None = None) -> Harm:
    """Score, kind, target and evidence of one text. Empty texts are harmless.

    Every pattern counts once, and single words that no pattern covers once each; the score is 1 - prod(1 - worth), so
    it rises with every finding and stays below 1. ``more``: further words with what each is worth, in [0, 1].
    """
    said = normalised(text)
    worth: dict[str, float] = {}
    spans: list[Span] = []
    left = 1.0
    listed = list(_words(said, more or {}))
    for kind, (pattern, value) in _PATTERNS.items():
        if kind == "insult" and not listed:
            continue  # its pattern takes a listed word, and is the slowest
        found = [m for m in pattern.finditer(said) if not _NOT.search(said, 0, _heart(m, said))]
        if found:
            worth[kind] = value
            left *= 1.0 - value
            spans += [Span(m.start(), m.end()) for m in found]
    for start, end, value in listed:
        if not any(span.start <= start < span.end for span in spans) and not _NOT.search(said, 0, start):
            worth["insult"] = 1.0 - (1.0 - worth.get("insult", 0.0)) * (1.0 - value)
            left *= 1.0 - value
            spans.append(Span(start, end))
    kind = max(KINDS[1:], key=lambda name: (worth.get(name, 0.0), KINDS.index(name))) if worth else "none"
    about = _ABOUT.search(said)
    return Harm(round(1.0 - left, 9), kind, about.group() if about else "", tuple(sorted(set(spans))))


def _heart(found: re.Match[str], said: str) -> int:
    """Where the insult of a pattern stands; its beginning where it holds none."""
    word = _ALONE.search(said, found.start(), found.end())
    return word.start() if word else found.start()


def _words(said: str, more: Mapping[str, float]) -> Iterator[tuple[int, int, float]]:
    """Each listed word once, where it first stands."""
    seen = set()
    for found in _ALONE.finditer(said):
        if found.group() not in seen:
            seen.add(found.group())
            yield found.start(), found.end(), INSULTS[found.group()]
    for word, value in more.items():
        found_more = re.search(rf"(?<!\w){re.escape(word.lower())}(?!\w)", said)
        if found_more and word.lower() not in seen:
            yield found_more.start(), found_more.end(), value


def harm(texts: Sequence[str]) -> FloatArray:
    """(n,) how harmful each text is, 0 to 1: the scorer of a town that names no other. Equal texts are read once."""
    known = {text: read(text).score for text in set(texts)}
    return steady(np.array([known[text] for text in texts], np.float64))


def kind(text: str) -> tuple[str, str]:
    """What a text is harmful for (``KINDS``), and of whom it speaks ("" for nobody in the list)."""
    found = read(text)
    return found.kind, found.target


class HarmWords:
    """The scorer as a moderator: what scores high is removed, with the words that it rests on."""

    class Config(Settings):
        """From where on a post goes, and which words count beside the shipped ones."""

        removes: float = Field(default=0.6, gt=0, le=1)
        "Score from which a post is removed."
        more: dict[str, float] = Field(default_factory=dict)
        "Further words or phrases, each with what it is worth, 0 to 1."

        @field_validator("more")
        @classmethod
        def _worth_is_a_share(cls, more: dict[str, float]) -> dict[str, float]:
            for word, value in more.items():
                if not word.strip() or not 0 <= value <= 1:
                    raise ValueError(f"a word is worth 0 to 1 (got {word!r} = {value})")
            return more

    config: Config

    def __init__(self, config: Config, streams: Streams | None = None) -> None:
        self.config = config

    def __call__(self, texts: Sequence[str]) -> FloatArray:
        """(n,) how harmful each text is, further words included."""
        known = {text: read(text, self.config.more).score for text in set(texts)}
        return steady(np.array([known[text] for text in texts], np.float64))

    async def review(self, posts: Posts) -> Verdicts:
        """Remove or show, by the score. Spans are told where the text is written as it is read, evidence always: the
        words, their disguises taken off. Equal texts are read once.
        """
        texts = posts.texts()
        known = {text: read(text, self.config.more) for text in dict.fromkeys(texts)}
        found = [known[text] for text in texts]
        scores = np.array([one.score for one in found], np.float64)
        action = np.where(scores >= self.config.removes, ACTION["remove"], ACTION["show"]).astype(np.int8)
        why = [f"reads as {one.kind}" if one.score else "" for one in found]
        kinds = ["" if one.kind == "none" else one.kind for one in found]
        grounds = [_grounds(text, one.spans) for text, one in zip(texts, found, strict=True)]
        return Verdicts(action, scores, why, kinds, [spans for spans, _ in grounds], [words for _, words in grounds])


def _grounds(text: str, spans: Sequence[Span]) -> tuple[Sequence[Span], Sequence[str]]:
    """Spans in the text as it was written, none where it was written otherwise than it is read, and their words."""
    if not spans:
        return (), ()
    said = normalised(text)
    words = tuple(said[span.start : span.end] for span in spans)
    return (tuple(spans) if said == text[: len(said)].lower() else ()), words
