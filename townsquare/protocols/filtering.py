"""What the parts of a reader's filter promise each other: facts, how they bear on preferences, verdicts on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Modality = Literal["text", "image"]
Relation = Literal["supports", "contradicts", "unrelated"]


@dataclass(frozen=True, slots=True)
class Shown:
    """An item that is about to be put before a reader."""

    id: str
    text: str
    images: tuple[str, ...] = ()
    """What is to be seen on each, in words."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that can be observed in an item."""

    id: str
    modality: Modality
    statement: str
    start: int = -1
    """Where it stands in the text; -1 for an image."""
    end: int = -1


@dataclass(frozen=True, slots=True)
class Aspect:
    """A facet of a concern, as those see it who judge."""

    id: str
    description: str
    modality: Literal["text", "image", "any"]
    words: tuple[str, ...]
    weight: float
    exceptions: tuple[str, ...]
    protects: bool


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a judge, or whoever disputes it, thinks."""

    hide: bool | None
    """None where there was no valid answer; then nothing is hidden."""
    facts: tuple[str, ...] = ()
    """Ids of the facts it rests on."""
    why: str = ""


Relations = Mapping[tuple[str, str], Relation]
"""(fact, facet) -> how the one bears on the other; what is missing is unrelated."""


class FilterParts(Protocol):
    """Perceive, relate, judge, dispute: by words or by a language model."""

    async def perceive(self, item: Shown, /) -> Sequence[Fact]:
        """What can be observed, and nothing more."""

    async def relate(self, item: Shown, facts: Sequence[Fact], aspects: Sequence[Aspect], /) -> Relations:
        """How every fact bears on every aspect."""

    async def judge(self, item: Shown, facts: Sequence[Fact], aspects: Sequence[Aspect], told: Relations, /) -> Opinion:
        """Whether to hide, and because of which facts."""

    async def dispute(
        self, item: Shown, facts: Sequence[Fact], aspects: Sequence[Aspect], cited: Sequence[str], /
    ) -> Opinion:
        """The case for showing, from the facts and from which of them were cited, without the judge's words."""
