"""What contestants and judges of an arena of persuaders promise, and the two sides of a stance-shift conversation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol, runtime_checkable

CASES = ("Ref", "Parap", "AddImg", "FFRef", "FFPara", "VisOnly", "TextOnly", "Hilight", "Transc")
"""The nine kinds of transsuasion pairs (PersuasionBench, arXiv 2410.02653): evaluate/persuaders/cases.py has the rules
of each.
"""
STANCE = (-3, 3)
"""Whole numbers: how far somebody is for a proposition; -3 fully against, 0 neither, 3 fully for it."""

Side = Literal["left", "right", "tie"]


@dataclass(frozen=True, slots=True)
class Post:
    """One message of a table of posts, with the engagement it got."""

    id: str
    account: str
    text: str
    likes: float
    """0 or more; whatever counts as engagement in the table."""
    created_at: float = float("nan")
    """Seconds since 1970, UTC; NaN where the table does not say."""
    media: str = ""
    """What image it shows; empty for none."""
    link: str = ""
    brand: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two posts that say nearly the same, of which one was liked a good deal more; ``strong.likes > weak.likes``."""

    cases: tuple[str, ...]
    """Kinds of pair it is, in the order of ``CASES``; one at least."""
    weak: Post
    strong: Post
    text_similarity: float
    edit_similarity: float
    """NaN where no case asked for it."""
    gain: float
    """(l2 - l1) / max(l1, 1), our reconstruction: the denominator is not published."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What a contestant is told: the text to improve on, and what has to stay as it is (sender, time, meaning, ...)."""

    number: int
    """Of the input, from 0; contestants that draw at random draw by it."""
    post: Post
    """The weak post. A contestant reads its text, and never its likes: they are NaN."""
    better: str | None = None
    """The text that was in fact liked more; only for contestants that need "better", which are controls."""
    worse: str | None = None
    """A text of the same sender that was in fact liked less; only for contestants that need "worse"."""


@dataclass(frozen=True, slots=True)
class Version:
    """One of the two texts that a judge compares."""

    text: str
    likes: float = float("nan")
    """What the text got where it is a post of the table; only for judges that need "likes", which are controls."""


@runtime_checkable
class Persuader(Protocol):
    """A contestant. Built as ``Class(config, streams)``, config being its own nested ``Config``.

    One that asks a language model has an attribute ``ask`` (an ``AskModel``), which the arena sets.
    """

    needs: ClassVar[tuple[str, ...]]
    """Of "better", "worse" (known texts, for controls) and "model" (a language model)."""

    async def write(self, brief: Brief) -> str | None:
        """A text for the same purpose; None where it has none. Equal streams and briefs give equal texts."""


@runtime_checkable
class Judge(Protocol):
    """Says which of two texts does better. Built as ``Class(config, streams)``; ``ask`` as for contestants."""

    needs: ClassVar[tuple[str, ...]]
    """Of "pairs" (``learn`` has to be called with some), "likes" (knows what posts got: for controls), "model"."""

    def learn(self, pairs: Sequence[Pair]) -> None:
        """Learn from pairs of which no post takes part in the arena. Others do nothing."""

    async def choose(self, brief: Brief, left: Version, right: Version, *, number: int) -> Side | None:
        """Which of the two; None where it gave no valid answer, which is no tie. ``number`` tells its asks apart."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation between a persuader and a target, as far as it has got."""

    number: int
    """Of the conversation, from 0; whoever draws at random draws by ``pair``, so that both sides share the luck."""
    pair: int
    """Number of the topic and repetition: the pro and the con of it have the same."""
    topic: str
    """The proposition."""
    side: int
    """1: the persuader argues for it, -1: against. The target is not told, it hears."""
    messages: tuple[str, ...] = ()
    """What was said, the persuader first, in turns."""
    planned: int = 8
    """Messages there will be in all."""


@runtime_checkable
class Arguer(Protocol):
    """The persuader of a conversation. Built as ``Class(config, streams)``; ``ask`` as for contestants."""

    needs: ClassVar[tuple[str, ...]]
    """() or ("model",)."""

    async def argue(self, talk: Talk) -> str | None:
        """The next message; None where there is no valid one. It never sees a probe, nor an answer to one."""


@runtime_checkable
class Target(Protocol):
    """Who is to be persuaded. Built as ``Class(config, streams)``; ``ask`` as for contestants."""

    needs: ClassVar[tuple[str, ...]]
    """() or ("model",)."""

    async def reply(self, talk: Talk) -> str | None:
        """The next message; None where there is no valid one."""

    async def rate(self, talk: Talk, probe: int) -> float | None:
        """Its stance in ``STANCE`` on hidden question ``probe``, after ``talk.messages``; None without an answer."""
