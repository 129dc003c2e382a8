"""Detect, imagine and rewrite by a language model."""

from collections import Counter
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
        """``personas`` says who a follower is; nothing that they remember is read. Of ``author`` there is one draft a
        ``tick``: where several are looked at, each needs parts of its own.
        """
        self.ask, self.personas, self.author, self.tick = ask, personas, author, tick
        self._asked: Counter[str] = Counter()
        self._tried: dict[str, list[str]] = {}

    def _number(self, purpose: str) -> int:
        """How many asks for a purpose came before; a draft is scored, and so is every rewrite of it."""
        self._asked[purpose] += 1
        return self._asked[purpose] - 1

    async def detect(self, draft: str, /) -> Sequence[tuple[str, str, str]] | None:
        """Quotes with what is wrong with them."""
        answer = await self.ask(
            Ask("detect", self.author, self.tick, detect_harm(draft), Found, number=self._number("detect"))
        )
        return None if answer.value is None else [(p.quote, p.kind, p.why) for p in answer.value.parts]

    async def score(self, text: str, /) -> float | None:
        """As a whole."""
        answer = await self.ask(
            Ask("score", self.author, self.tick, score_harm(text), Score, number=self._number("score"))
        )
        return None if answer.value is None else answer.value.harm

    async def imagine(self, follower: int, post: str, /) -> Reaction | None:
        """As that persona, from the post alone."""
        messages, number = imagine_reaction(self.personas(follower), post), self.author + 1
        answer = await self.ask(Ask("imagine", follower, self.tick, messages, Imagined, number=number))
        if answer.value is None:
            return None
        return Reaction(follower, answer.value.emotion, answer.value.reply, answer.value.would_report)

    async def rewrite(self, draft: str, parts: Sequence[Part], style: Sequence[str], attempt: int, /) -> str | None:
        """In the author's own way of writing, where there are posts to learn it from; from the second attempt on it is
        told what was no good.
        """
        tried = self._tried.setdefault(draft, []) if attempt else []
        messages = rewrite_draft(draft, [(part.text, part.why) for part in parts], style, tried)
        number = self._number("rewrite")
        answer = await self.ask(Ask("rewrite", self.author, self.tick, messages, Rewritten, number=number))
        if answer.value is None:
            return None
        self._tried[draft] = [*tried, answer.value.text]
        return answer.value.text
