"""How much a text lets on that it is meant in fun, and a brake on moderation that heeds it (ours, transparent)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from pydantic import Field

from townsquare.protocols.columns import FloatArray, steady
from townsquare.protocols.moderator import ACTION, Verdicts
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams

CUES: Mapping[str, tuple[str, float]] = {
    "laughter": (r"\b(?:a?ha(?:ha)+h?|he(?:he)+|lol|lmao|rofl)\b|[😂🤣😹😆😄😜😉🙃]", 0.5),
    "said so": (r"(?<!\w)(?:just (?:kidding|joking)|jk|only joking|(?:it's|that's) a joke|/s|pun intended)(?!\w)", 0.6),
    "winks": (r"(?<!\w)[;:x]-?[)dp](?!\w)", 0.4),
    "form of a joke": (
        r"\bknock,? knock\b|\bwalks? into a bar\b|\bwhy did the\b.*\?|\bwhat do you call\b.*\?|\byo mama\b", 0.7,
    ),
    "of oneself": (r"\b(?:i am|i'm|my|me) (?:\w+ ){0,2}(?:such an? |an? )?(?:idiot|fool|clown|disaster|genius)\b", 0.4),
    "exaggeration": (r"\b(?:a (?:million|billion|thousand) times|literally dying|i'm dead|best thing since)\b", 0.3),
}  # fmt: skip
"""By name: a pattern, sought in small letters, and what it is worth."""
_PATTERNS = {name: (re.compile(pattern), worth) for name, (pattern, worth) in CUES.items()}
_HARSH = ("remove", "suspend", "hold", "limit", "blur", "demote", "warn")
"""What the brake softens to a label."""
_LONGEST = 20_000


class Humour:
    """1 - prod(1 - worth) over the cues that a text has, each counted once.

    The signs are on the surface: dry wit has none of them, and an attack with a smile has. That is why the brake below
    only softens, and never touches what a moderator is sure of.
    """

    class Config(Settings):
        """Which signs count."""

        without: tuple[str, ...] = ()
        "Names of cues that do not count."

    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config = config

    def __call__(self, texts: Sequence[str], /) -> FloatArray:
        """(n,)."""
        return steady(np.array([1 - self._left(text[:_LONGEST].lower()) for text in texts], float))

    def cues(self, text: str) -> list[str]:
        """Names of the cues that a text has."""
        small = text[:_LONGEST].lower()
        return [n for n, (pattern, _) in _PATTERNS.items() if n not in self.config.without and pattern.search(small)]

    def _left(self, small: str) -> float:
        left = 1.0
        for name, (pattern, worth) in _PATTERNS.items():
            if name not in self.config.without and pattern.search(small):
                left *= 1 - worth
        return left


class Brake(Settings):
    """When humour softens a verdict."""

    humour: float = Field(default=0.5, ge=0, le=1)
    "From this much humour on."
    sure: float = Field(default=0.9, ge=0, le=1)
    "A moderator that is at least this sure is not braked."
    lowers: float = Field(default=0.5, ge=0, le=1)
    "How much of the score all the humour that can be takes away."


def braked(verdicts: Verdicts, humour: FloatArray, brake: Brake | None = None) -> Verdicts:
    """``verdicts`` with those on humorous posts softened to a label, unless the moderator was sure.

    Args:
        verdicts: what a moderator said of n posts.
        humour: (n,) how humorous each is.
        brake: when that counts.
    """
    rule = brake or Brake()
    harsh = np.isin(verdicts.action, [ACTION[name] for name in _HARSH])
    softened = harsh & (np.asarray(humour) >= rule.humour) & (verdicts.score < rule.sure)
    action = np.where(softened, ACTION["label"], verdicts.action).astype(np.int8)
    score = np.where(softened, verdicts.score * (1 - rule.lowers * np.nan_to_num(humour)), verdicts.score)
    why: Sequence[str] = verdicts.rationale or [""] * len(action)
    told = [f"{one}; meant in fun".lstrip("; ") if soft else one for one, soft in zip(why, softened, strict=True)]
    return replace(verdicts, action=action, score=steady(score), rationale=told)
