"""What an author is told about a draft before it is posted (DeMod, arXiv 2411.01844; our reconstruction)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from townsquare.protocols.columns import FloatArray

Choice = Literal["accept", "edit", "ignore"]
"""What an author does with a suggestion: post it, post something of one's own, post the draft as it was."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a draft: ``text`` is always ``draft[start:end]``."""

    start: int
    end: int
    text: str
    kind: str
    """What it is: insult, threat, ..."""
    why: str
    """How it reads, in a sentence."""


@dataclass(frozen=True, slots=True)
class Detection:
    """What was found in a draft."""

    score: float
    """0 harmless to 1 harmful."""
    parts: tuple[Part, ...]
    invented: int = 0
    """Quotes that do not stand in the draft; they were dropped."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """How one follower may take it. Imagined; that follower remembers nothing of it."""

    follower: int
    emotion: str
    reply: str
    would_report: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another way to say it, that passed: little harm is left, and the meaning is kept."""

    text: str
    residual: float
    """Score of the suggestion."""
    meaning: float
    """Cosine of the embeddings of draft and suggestion."""
    style: float
    """Cosine of the embeddings of suggestion and the author's own posts, NaN without any."""


@dataclass(frozen=True, slots=True)
class Advice:
    """Everything an author is told about one draft."""

    draft: str
    detection: Detection | None
    """None where there was no valid answer: then nothing is known, which is not the same as harmless."""
    reactions: tuple[Reaction, ...] = ()
    suggestion: Suggestion | None = None
    tried: int = 0
    """Rewrites that were asked for."""
    note: str = ""
    """What could not be done, in a sentence."""


class DraftParts(Protocol):
    """Detect, imagine, rewrite: by words or by a language model."""

    async def detect(self, draft: str, /) -> Sequence[tuple[str, str, str]] | None:
        """(quote, kind, why) for everything that reads as harmful, [] for nothing; None for no valid answer."""

    async def score(self, text: str, /) -> float | None:
        """How harmful a text is as a whole, 0 to 1; None for no valid answer."""

    async def imagine(self, follower: int, post: str, /) -> Reaction | None:
        """How a follower would take it; None for no valid answer."""

    async def rewrite(self, draft: str, parts: Sequence[Part], style: Sequence[str], attempt: int, /) -> str | None:
        """The draft said otherwise; ``style`` are posts of the author's own, none without consent."""


class Embeds(Protocol):
    """Texts to vectors of norm 1."""

    def embed(self, texts: Sequence[str], /) -> FloatArray:
        """(n, d)."""
