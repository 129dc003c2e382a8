"""Detect, imagine and rewrite by a language model."""

from collections.abc import Callable, Sequence

from pydantic import BaseModel, Field

from townsquare.agents.personas import Persona
from townsquare.agents.prompts.draft import detect_harm, imagine_reaction, rewrite_draft, score_harm
from townsquare.protocols.asking import Ask, AskModel
from townsquare.protocols.drafts import Part, Reaction

_LONGEST = 2_000


class Quoted(BaseModel):
    """A part that reads as harmful, in the words of the draft."""

    quote: str = Field(min_length=1, max_length=_LONGEST)
    kind: str = Field(max_length=40)
    why: str = Field(max_length=300)


class Found(BaseModel):
    """All of them."""

    parts: list[Quoted] = Field(max_length=20)


class Score(BaseModel):
    """How harmful a text is."""

    harm: float = Field(ge=0, le=1)


class Imagined(BaseModel):
    """A reader's reaction."""

    emotion: str = Field(max_length=40)
    reply: str = Field(max_length=600)
    would_report: bool


class Rewritten(BaseModel):
    """The draft, said otherwise."""

    text: str = Field(min_length=1, max_length=_LONGEST)


class LLMDraftParts:
    """One ask per part; what has no valid answer is None, never harmless."""

    def __init__(
        self, ask: AskModel, personas: Callable[[int], Persona | None], author: int = -1, tick: int = 0
    ) -> None:
        """``personas`` says who a follower is; nothing that they remember is read."""
        self.ask, self.personas, self.author, self.tick = ask, personas, author, tick

    async def detect(self, draft: str, /) -> Sequence[tuple[str, str, str]] | None:
        """Quotes with what is wrong with them."""
        answer = await self.ask(Ask("detect", self.author, self.tick, detect_harm(draft), Found))
        return None if answer.value is None else [(p.quote, p.kind, p.why) for p in answer.value.parts]

    async def score(self, text: str, /) -> float | None:
        """As a whole."""
        answer = await self.ask(Ask("score", self.author, self.tick, score_harm(text), Score))
        return None if answer.value is None else answer.value.harm

    async def imagine(self, follower: int, post: str, /) -> Reaction | None:
        """As that persona, from the post alone."""
        messages = imagine_reaction(self.personas(follower), post)
        answer = await self.ask(Ask("imagine", follower, self.tick, messages, Imagined))
        if answer.value is None:
            return None
        return Reaction(follower, answer.value.emotion, answer.value.reply, answer.value.would_report)

    async def rewrite(self, draft: str, parts: Sequence[Part], style: Sequence[str], attempt: int, /) -> str | None:
        """In the author's own way of writing, where there are posts to learn it from."""
        messages = rewrite_draft(draft, [(part.text, part.why) for part in parts], style)
        answer = await self.ask(Ask("rewrite", self.author, self.tick, messages, Rewritten, number=attempt))
        return None if answer.value is None else answer.value.text
