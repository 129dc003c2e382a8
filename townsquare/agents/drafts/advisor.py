"""Looks at a draft before it is posted, explains, imagines the audience, and suggests another way to say it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from townsquare.agents.drafts.consent import Consent
from townsquare.protocols.asking import together
from townsquare.protocols.columns import steady
from townsquare.protocols.drafts import Advice, Choice, Detection, DraftParts, Embeds, Part, Suggestion
from townsquare.protocols.errors import InputError
from townsquare.protocols.settings import Settings


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an author did."""

    author: int
    tick: int
    choice: Choice
    posted: str
    before: float
    """Score of the draft; NaN where it is not known."""
    after: float
    """Score of what was posted; NaN where it is not known."""


class DraftAdvisor:
    """One for all authors of a town; it changes nothing that anybody remembers.

    A draft in which nothing is found gets no suggestion, and no rewrite is asked for. A suggestion is made only when
    little harm is left and the meaning is kept; after ``rewrites`` attempts the author is told that there is none.
    """

    class Config(Settings):
        """When it speaks, and what it accepts."""

        harmful: float = Field(default=0.5, ge=0, le=1)
        "Score from which a draft is spoken about."
        residual: float = Field(default=0.2, ge=0, le=1)
        "Harm that may be left in a suggestion (our reconstruction)."
        meaning: float = Field(default=0.7, ge=-1, le=1)
        "Cosine to the draft that a suggestion has to reach (our reconstruction)."
        rewrites: int = Field(default=3, ge=1)
        "Attempts: one, and two more when it was no good."
        audience: int = Field(default=3, ge=0)
        "Followers whose reaction is imagined."

    def __init__(self, config: Config, parts: DraftParts, embedder: Embeds) -> None:
        self.config, self.parts, self.embedder = config, parts, embedder
        self.outcomes: list[Outcome] = []

    async def advise(self, draft: str, followers: Sequence[int], consent: Consent, tick: int = 0) -> Advice:
        """What the author is told. ``followers``: those the author really has; the first ``audience`` are imagined."""
        detection = await self._detect(draft)
        if detection is None:
            return Advice(draft, None, note="nobody could say whether this is harmful")
        if not detection.parts or detection.score < self.config.harmful:
            return Advice(draft, detection)
        imagined = await together(self.parts.imagine(one, draft) for one in followers[: self.config.audience])
        suggestion, tried = await self._suggest(draft, detection, consent.style(tick))
        note = "" if suggestion is not None else "no other way to say this was found that keeps what it means"
        return Advice(draft, detection, tuple(one for one in imagined if one is not None), suggestion, tried, note)

    async def settle(self, author: int, tick: int, advice: Advice, choice: Choice, edited: str = "") -> str:
        """What is posted; the choice is recorded. ``ignore`` posts the draft to the letter.

        Raises InputError for ``accept`` without a suggestion, and for ``edit`` without a text.
        """
        if choice == "accept" and advice.suggestion is None:
            raise InputError("there is no suggestion to accept.")
        if choice == "edit" and not edited.strip():
            raise InputError("to post something else, say what.")
        posted = advice.draft
        if choice == "accept" and advice.suggestion is not None:
            posted = advice.suggestion.text
        elif choice == "edit":
            posted = edited
        after = await self.parts.score(posted)
        before = None if advice.detection is None else advice.detection.score
        scores = [float("nan") if one is None else one for one in (before, after)]
        self.outcomes.append(Outcome(author, tick, choice, posted, *scores))
        return posted

    def summary(self) -> dict[str, float]:
        """Choices by share, and how much harm is gone: 1 - after / before over all drafts that were spoken about."""
        chosen = Counter(one.choice for one in self.outcomes)
        n = len(self.outcomes)
        told = {f"{choice}_share": chosen[choice] / n if n else float("nan") for choice in ("accept", "edit", "ignore")}
        known = [one for one in self.outcomes if one.before == one.before and one.after == one.after]
        before = sum(one.before for one in known)
        gone = 1 - sum(one.after for one in known) / before if before else float("nan")
        return {"drafts": float(n), **told, "harm_gone": gone}

    async def _detect(self, draft: str) -> Detection | None:
        found, score = await self.parts.detect(draft), await self.parts.score(draft)
        if found is None or score is None:
            return None
        parts, invented, at = [], 0, 0
        for quote, kind, why in found:
            # the same words twice are two places: search on from the last one first
            start = draft.find(quote, at) if quote else -1
            start = start if start >= 0 else (draft.find(quote) if quote else -1)
            if start < 0:
                invented += 1
                continue
            at = start + len(quote)
            parts.append(Part(start, at, quote, kind, why))
        return Detection(score, tuple(sorted(parts, key=lambda part: (part.start, part.end))), invented)

    async def _suggest(self, draft: str, detection: Detection, style: Sequence[str]) -> tuple[Suggestion | None, int]:
        for attempt in range(self.config.rewrites):
            text = await self.parts.rewrite(draft, detection.parts, style, attempt)
            if text is None or not text.strip():
                continue
            residual = await self.parts.score(text)
            vectors = np.asarray(self.embedder.embed([draft, text, *style]), float)
            likeness = steady(vectors @ vectors[1], 6)
            meaning, own = float(likeness[0]), float(likeness[2:].mean()) if len(style) else float("nan")
            if residual is not None and residual <= self.config.residual and meaning >= self.config.meaning:
                return Suggestion(text, residual, meaning, own), attempt + 1
        return None, self.config.rewrites
