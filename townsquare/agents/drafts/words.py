"""Detect, imagine and rewrite by rules: offline, and no language model (ours)."""

import re
from collections.abc import Callable, Sequence

from townsquare.agents.personas import Persona
from townsquare.protocols.drafts import Part, Reaction
from townsquare.protocols.streams import Streams

Reads = Callable[[str], tuple[float, Sequence[tuple[str, str]]]]
"""From a text to how harmful it is, and what reads so: (quote, kind)."""
_MILDER = ("mistaken", "hard to follow", "not to my liking", "a disappointment")
_WHY = {
    "insult": "says something of a person, not of what they did",
    "stereotype": "speaks of a whole group as one",
    "threat": "announces harm to somebody",
}
_REPORTS = 0.8
"""Score from which a follower of average temper would report a post."""


class WordDraftParts:
    """Quotes come from a scorer; a rewrite takes them out, and puts something milder where an insult stood.

    Followers take a post by how harmful it is and by how agreeable they are: a rule with made-up steps, for towns
    without a language model and for tests of what is around it.
    """

    def __init__(self, reads: Reads, personas: Callable[[int], Persona | None], streams: Streams) -> None:
        self.reads, self.personas, self.streams = reads, personas, streams

    async def detect(self, draft: str, /) -> Sequence[tuple[str, str, str]] | None:
        """What the scorer points at, as it stands in the draft; what was written in disguise cannot be quoted."""
        small = draft.lower()
        found = []
        for quote, kind in self.reads(draft)[1]:
            at = small.find(quote.lower())
            if at >= 0:
                found.append((draft[at : at + len(quote)], kind, _WHY.get(kind, "reads as harmful")))
        return found

    async def score(self, text: str, /) -> float | None:
        """The scorer's."""
        return self.reads(text)[0]

    async def imagine(self, follower: int, post: str, /) -> Reaction | None:
        """From the score and the follower's agreeableness (.5 where it is not known)."""
        persona = self.personas(follower)
        five = None if persona is None else persona.big_five
        agreeable = 0.5 if five is None or five.agreeableness is None else five.agreeableness
        hurt = self.reads(post)[0] * (0.5 + agreeable)
        emotion = "anger" if hurt > _REPORTS else "unease" if hurt > 0.4 else "indifference"
        reply = "This goes too far." if emotion == "anger" else ""
        return Reaction(follower, emotion, reply, hurt > _REPORTS)

    async def rewrite(self, draft: str, parts: Sequence[Part], style: Sequence[str], attempt: int, /) -> str | None:
        """Sentences that hold a threat or a stereotype go; an insult becomes a milder word, another at each attempt."""
        text = draft
        for part in sorted(parts, key=lambda one: -one.start):
            if part.kind == "insult":
                text = f"{text[: part.start]}{_MILDER[attempt % len(_MILDER)]}{text[part.end :]}"
        gone = [part.text for part in parts if part.kind != "insult"]
        kept = [one for one in re.split(r"(?<=[.!?])\s+", text) if not any(quote in one for quote in gone)]
        return " ".join(kept) or None
