"""What moderators share that sort posts by their words: from labels and scores to verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field

from townsquare.protocols.columns import BoolArray, FloatArray, IntArray
from townsquare.protocols.errors import InputError
from townsquare.protocols.moderator import ACTION, Labelled, Posts, Span, Verdicts
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams

Doing = Literal["remove", "label", "blur", "demote", "hold", "warn", "limit", "suspend"]
"""What can be done about a post that breaks the rules."""


class Ruling(Settings):
    """What is done about posts that break the rules."""

    action: Doing = "remove"
    "What becomes of a post that breaks the rules."
    threshold: float = Field(default=0.5, gt=0, le=1)
    "How sure the moderator has to be."


@dataclass(frozen=True, slots=True)
class Found:
    """What a classifier found in n texts."""

    score: FloatArray
    """(n,) how sure it is that a text breaks the rules."""
    category: Sequence[str]
    """(n,) the label it would give."""
    unsure: BoolArray
    """(n,) True where it knows nothing."""
    spans: Sequence[Sequence[Span]] = ()
    evidence: Sequence[Sequence[str]] = ()
    rationale: Sequence[str] = ()


class Classified:
    """A moderator that looks at texts alone. Subclass it and write ``classify``.

    A text without any letter or digit is abstained from, whatever the classifier makes of it. Of equal texts one is
    classified.
    """

    Config = Ruling
    config: Ruling

    def __init__(self, config: Ruling, streams: Streams) -> None:
        self.config, self.streams = config, streams

    def classify(self, texts: Sequence[str]) -> Found:
        """What is found in the texts, in their order; there is at least one, and no two are equal."""
        raise NotImplementedError

    async def review(self, posts: Posts) -> Verdicts:
        """One verdict per post: the setting's action from the threshold on, ``show`` below it, or ``abstain``."""
        texts = posts.texts()
        if not texts:
            return Verdicts.abstaining(0)
        distinct = {text: row for row, text in enumerate(dict.fromkeys(texts))}
        given = self._ruled(list(distinct))
        if len(distinct) == len(texts):
            return given
        rows = [distinct[text] for text in texts]
        return Verdicts(
            given.action[rows],
            given.score[rows],
            [given.rationale[row] for row in rows] if given.rationale else (),
            [given.category[row] for row in rows] if given.category else (),
            [given.spans[row] for row in rows] if given.spans else (),
            [given.evidence[row] for row in rows] if given.evidence else (),
        )

    def _ruled(self, texts: Sequence[str]) -> Verdicts:
        found = self.classify(texts)
        empty = np.fromiter((not any(map(str.isalnum, text)) for text in texts), bool, len(texts))
        unsure = np.asarray(found.unsure, bool) | empty
        doing = ACTION[self.config.action]
        action = np.where(found.score >= self.config.threshold, doing, ACTION["show"])
        action = np.where(unsure, ACTION["abstain"], action).astype(np.int8)
        score = np.where(unsure, 0.5, np.clip(found.score, 0, 1))
        return Verdicts(action, score, found.rationale, found.category, found.spans, found.evidence)


def two_kinds(name: str, examples: Labelled) -> BoolArray:
    """(n,) which examples break the rules; InputError unless there are some that do, and some that do not."""
    broken = examples.broken()
    if not len(examples) or broken.all() or not broken.any():
        what = "harmless" if len(examples) and broken.all() else "harmful"
        raise InputError(f"moderator {name!r} learns from labelled texts of both kinds, and there is no {what} one.")
    return broken


def rows_of(numbers: IntArray, n: int) -> list[IntArray]:
    """For each of ``n`` values the places in ``numbers`` where it stands."""
    order = np.argsort(numbers, kind="stable")
    ends = np.searchsorted(numbers[order], np.arange(n + 1))
    return [order[ends[value] : ends[value + 1]] for value in range(n)]
