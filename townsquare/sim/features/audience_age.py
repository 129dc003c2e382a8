"""What adults let pass and young people should not be shown, by who speaks to whom (after arXiv 2508.02094; the rule
is ours).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import numpy as np
from pydantic import Field

from townsquare.protocols.columns import FloatArray, IntArray, steady
from townsquare.protocols.errors import InputError
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams

Relation = Literal["family", "teacher", "friend", "stranger", "brand"]
"""Who speaks, as the reader knows them."""
FACTORS: Mapping[str, float] = {"family": 0.4, "teacher": 0.3, "friend": 0.8, "stranger": 1.0, "brand": 1.0}
"""How much what somebody says counts, by who they are: a parent warns of what a stranger invites to."""
TOPICS: Mapping[str, tuple[str, float]] = {
    "alcohol and smoking": (r"\b(?:beer|vodka|whisky|drunk|wasted|vap(?:e|es|ing)|cigarettes?|smok(?:e|ing))\b", 0.6),
    "gambling": (r"\b(?:bet|bets|betting|casino|jackpot|poker|odds|gambl\w+)\b", 0.7),
    "body": (r"\b(?:too fat|so fat|skinny|lose weight|diet pills?|thigh gap|ugly|glow[- ]?up)\b", 0.7),
    "dares": (r"\b(?:i dare you|dare you to|challenge accepted|nobody will know|don't be a (?:baby|chicken))\b", 0.7),
    "secrets": (r"\b(?:our (?:little )?secret|don't tell (?:your|anyone)|meet me alone|send (?:me )?a pic)\b", 0.9),
    "money": (r"\b(?:easy money|get rich|crypto|loan|invest now|skip school|quit school)\b", 0.5),
}  # fmt: skip
"""By name: a pattern, sought in small letters, and how much it matters for a child."""
CHILD, ADULT = 13, 18
"""The rule holds in full up to the first age, and not at all from the second on; in between it fades evenly."""
_PATTERNS = [(re.compile(pattern), worth) for pattern, worth in TOPICS.values()]
_LONGEST = 20_000


class AudienceAge:
    """1 - prod(1 - worth) over the topics of a text, times who speaks, times how young the reader is.

    Who reads and who speaks are data, not text: ``score`` takes them per text; called with texts alone, everybody is
    taken for the reader and the speaker of the settings.
    """

    class Config(Settings):
        """Who reads and who speaks where the data do not say."""

        age: int = Field(default=13, ge=0, le=150)
        "Years of the reader."
        speaker: Relation = "stranger"
        "Who speaks."

    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config = config

    def __call__(self, texts: Sequence[str], /) -> FloatArray:
        """(n,) for the reader and the speaker of the settings."""
        return self.score(texts, np.full(len(texts), self.config.age), [self.config.speaker] * len(texts))

    def score(self, texts: Sequence[str], ages: IntArray | FloatArray, speakers: Sequence[str]) -> FloatArray:
        """(n,) how little each text is for its reader.

        Args:
            texts: (n,).
            ages: (n,) years of the reader; -1 where they are not known, which gives NaN.
            speakers: (n,) one of ``Relation`` each; InputError for another.
        """
        strange = next((one for one in speakers if one not in FACTORS), None)
        if strange is not None:
            raise InputError(f"there is no speaker_relation {strange!r}; there are {', '.join(get_args(Relation))}.")
        known = np.asarray(ages, float)
        young = np.clip((ADULT - known) / (ADULT - CHILD), 0, 1)
        told = np.array([1 - _left(text[:_LONGEST].lower()) for text in texts], float)
        found = told * np.array([FACTORS[one] for one in speakers], float) * young
        return steady(np.where(known < 0, np.nan, found))


def minors_exposed(scores: FloatArray, ages: IntArray | FloatArray, threshold: float = 0.5) -> float:
    """Of what was shown to readers under 18, the share that scores at least ``threshold``; NaN where nothing was."""
    years = np.asarray(ages, float)
    shown = np.asarray(scores)[(years >= 0) & (years < ADULT)]
    return float((shown >= threshold).mean()) if len(shown) else float("nan")


def _left(small: str) -> float:
    left = 1.0
    for pattern, worth in _PATTERNS:
        if pattern.search(small):
            left *= 1 - worth
    return left
