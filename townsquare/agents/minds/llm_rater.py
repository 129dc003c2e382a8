"""Ratings 1 to 5 by a language model, on behalf of personas; for evaluations."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

import numpy as np
from pydantic import BaseModel, Field, create_model

from townsquare.agents.minds.per_agent import together
from townsquare.agents.minds.remembering import Remembering
from townsquare.agents.persona_sampling import Cast
from townsquare.agents.persona_words import describe
from townsquare.agents.prompts.rate import rate
from townsquare.agents.prompts.room import MEMORY_SHARE, Room
from townsquare.protocols.asking import Answer, Ask, AskModel, Outcome
from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.memory import Embedder, MemoryStore
from townsquare.protocols.settings import Settings

Stars = Annotated[int, Field(ge=1, le=5)]


class Rated(BaseModel):
    """Ratings in the order of the items; ``rated`` makes the type for a number of them."""

    ratings: list[Stars]


@lru_cache(maxsize=256)
def rated(count: int) -> type[Rated]:
    """The answer for ``count`` items."""
    return create_model("Rated", __base__=Rated, ratings=(list[Stars], Field(min_length=count, max_length=count)))


@dataclass(frozen=True, slots=True)
class Ratings:
    """What a cohort makes of its items."""

    values: FloatArray
    """(n, k) 1 to 5; nan where there is no valid answer, or no item."""
    outcomes: tuple[Outcome | None, ...]
    """(n,) what came of each ask; None for those before whom there was nothing."""


class LLMRater:
    """Rates as personas would; reads memories from before the tick, writes none."""

    class Config(Settings):
        """What of persona, memory and items goes into a prompt."""

        recall: int = Field(default=5, ge=0)
        "Memories put before a rater."
        prompt_tokens: int = Field(default=4000, ge=200)
        "Tokens a prompt may take; what is too much is cut: oldest memories first, then the longest texts."
        memory_tokens: int = Field(default=130, ge=0)
        "Tokens of them that memories may take."

    def __init__(
        self,
        config: Config,
        ask: AskModel,
        personas: Cast,
        memory: MemoryStore | None = None,
        embedder: Embedder | None = None,
    ) -> None:
        self.config, self.ask, self.personas = config, ask, personas
        self.remembering = Remembering(memory, embedder, recall=config.recall)
        self.room = Room(prompt=config.prompt_tokens, memories=config.memory_tokens, share=MEMORY_SHARE)

    async def rate(
        self, agents: IntArray, texts: Sequence[Sequence[str]], tick: int = 0, *, number: int = 0
    ) -> Ratings:
        """What each of n agents makes of the items whose ``texts`` are before it; one ask per agent.

        ``number`` sets several rounds at one tick apart.
        """
        recalled = self.remembering.recall(agents, tick, texts)
        answers = await together(
            self._one(int(agent), tick, number, shown, memories)
            for agent, shown, memories in zip(agents, texts, recalled, strict=True)
        )
        values = np.full((len(agents), max(map(len, texts), default=0)), np.nan)
        for row, answer in enumerate(answers):
            if answer is not None and answer.value is not None:
                values[row, : len(answer.value.ratings)] = answer.value.ratings
        return Ratings(values, tuple(None if answer is None else answer.outcome for answer in answers))

    async def _one(
        self, agent: int, tick: int, number: int, texts: Sequence[str], memories: Sequence[str]
    ) -> Answer[Rated] | None:
        if not texts:
            return None
        you = describe(self.personas(agent), texts, name=f"person {agent}")
        messages = rate(you, memories, texts, room=self.room)
        return await self.ask(Ask("rate", agent, tick, messages, rated(len(texts)), number=number))
