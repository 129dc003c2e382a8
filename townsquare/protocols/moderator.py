"""What moderators promise: they look at posts and say what is to become of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np

from townsquare.protocols.columns import FloatArray, IntArray

ACTIONS = ("abstain", "show", "remove", "label", "blur", "demote", "hold", "warn", "limit", "suspend")
"""What can become of a post, by code. ``abstain``: the moderator does not know, and nothing changes. ``label``: shown
with its category said; ``blur``: shown once asked for; ``demote``: shown after everything else; ``hold``: shown once a
person has looked at it; ``remove``: shown to nobody; ``warn``: shown, and the author is told; ``limit``: the author's
posts reach fewer for a while; ``suspend``: the author posts nothing for a while. Every one can be undone.
"""
ACTION = {name: code for code, name in enumerate(ACTIONS)}
HARMLESS = ("abstain", "show")
"""Actions that leave a post as it is; only ``show`` says that it is harmless."""


class Span(NamedTuple):
    """A part of a text that a verdict rests on: ``text[start:end]``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Posts:
    """Items put before a moderator at the start of a tick, before anybody is shown anything."""

    tick: int
    items: IntArray
    """(n,) ids, in the order in which they are to be looked at."""
    authors: IntArray
    """(n,) agent ids."""
    disputes: IntArray
    """(n,) how many readers disputed each so far."""
    archive: IntArray
    """(m,) everything in circulation, these items included: what they can be compared with."""
    text: Callable[[int], str]
    """What an item says, made only when asked for."""

    def __len__(self) -> int:
        return len(self.items)

    @classmethod
    def of_texts(cls, texts: Sequence[str], tick: int = 0) -> "Posts":
        """Bare texts, each an item of its own number, by nobody: what tables of labelled texts are reviewed as."""
        items = np.arange(len(texts), dtype=np.int32)
        nobody = np.full(len(texts), -1, np.int32)
        return cls(tick, items, nobody, np.zeros(len(texts), np.int32), items, lambda item: texts[item])

    def texts(self) -> list[str]:
        """What they say, in their order."""
        return [self.text(item) for item in self.items.tolist()]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What is to become of the posts, in their order; all columns have the same length."""

    action: IntArray
    """(n,) int8: index into ``ACTIONS``."""
    score: FloatArray
    """(n,) how sure the moderator is that the post breaks the rules: 0 certainly not, 1 certainly."""
    rationale: Sequence[str] = field(default=())
    """(n,) why, in a sentence each; () where none is given."""
    category: Sequence[str] = field(default=())
    """(n,) what kind of post it is: a label of the moderator's; "" where it does not know; () where none is given."""
    spans: Sequence[Sequence[Span]] = field(default=())
    """(n,) the parts of the text that the verdict rests on; () where none are given."""
    evidence: Sequence[Sequence[str]] = field(default=())
    """(n,) what else it rests on: names of rules, texts it was compared with; () where none is given."""

    @classmethod
    def abstaining(cls, n: int) -> "Verdicts":
        """Nothing is known of any."""
        return cls(np.zeros(n, np.int8), np.full(n, 0.5), [""] * n)


@dataclass(frozen=True, slots=True)
class Labelled:
    """Texts with their labels, for moderators that learn."""

    texts: Sequence[str]
    """(n,)."""
    labels: IntArray
    """(n,) index into ``names``."""
    names: Sequence[str]
    """What the labels are called."""
    harmful: Sequence[bool]
    """(len(names),) whether a post with this label breaks the rules."""
    reasons: Sequence[str] = ()
    """(n,) why a text has its label, in words, "" where nobody said so; () where nobody ever did."""

    def __len__(self) -> int:
        return len(self.texts)

    def where(self, rows: IntArray) -> "Labelled":
        """The given rows."""
        texts, reasons = ([of[row] for row in rows.tolist()] if of else () for of in (self.texts, self.reasons))
        return Labelled(texts, self.labels[rows], self.names, self.harmful, reasons)

    def broken(self) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        """(n,) whether a text breaks the rules."""
        return np.asarray(self.harmful, bool)[self.labels]


@runtime_checkable
class Moderator(Protocol):
    """Says what is to become of posts. Never changes the town."""

    async def review(self, posts: Posts) -> Verdicts:
        """One verdict per post. What cannot be decided is abstained from, never shown as harmless."""


@runtime_checkable
class Learner(Protocol):
    """A moderator that learns from labelled texts before it reviews any."""

    def learn(self, examples: Labelled) -> None:
        """Take in all of ``examples``; what was learnt before is forgotten."""
