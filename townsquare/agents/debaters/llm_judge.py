"""A judge of rhetoric that reads: a language model that says which words of a text show what."""

from typing import Literal

import numpy as np
from pydantic import BaseModel, Field

from townsquare.agents.minds.per_agent import together
from townsquare.agents.minds.silence import silent
from townsquare.agents.prompts.code_rhetoric import code_rhetoric
from townsquare.agents.prompts.quoting import clean
from townsquare.agents.prompts.room import Room
from townsquare.protocols.actions import Actions
from townsquare.protocols.asking import Ask, AskModel
from townsquare.protocols.columns import NOBODY
from townsquare.protocols.debate import LEVELS, STRATEGIES
from townsquare.protocols.observations import Observations
from townsquare.protocols.settings import Settings


class Code(BaseModel):
    """How much of one strategy there is, and the words that show it."""

    strategy: Literal[STRATEGIES]  # type: ignore[valid-type]
    level: int = Field(ge=0, le=len(LEVELS) - 1)
    quote: str = Field(max_length=2_000)


class Coding(BaseModel):
    """All ten."""

    codes: list[Code] = Field(min_length=len(STRATEGIES), max_length=len(STRATEGIES))


class LLMRhetoricJudge:
    """Codes each statement by asking a language model. What it claims to see it has to quote: a level above zero whose
    quote is not in the text is no valid answer, and neither is a strategy that is missing or named twice.
    """

    class Config(Settings):
        """How long prompts may be."""

        prompt_tokens: int = Field(default=4000, ge=800)
        "Tokens a prompt may take; a longer statement is cut."

    def __init__(self, config: Config, ask: AskModel) -> None:
        self.config, self.ask, self.room = config, ask, Room(prompt=config.prompt_tokens)

    async def decide(self, seen: Observations) -> Actions:
        """A ``code`` per statement that lies before a judge, or a ``no_answer`` for it, in their order."""
        rows, places = np.nonzero(seen.items != NOBODY)
        items = seen.items[rows, places].tolist()
        agents = seen.agents[rows].tolist()
        return Actions.concat(
            await together(
                self._one(seen.tick, agent, item, seen.text(item)) for agent, item in zip(agents, items, strict=True)
            )
        )

    async def _one(self, tick: int, agent: int, item: int, text: str) -> Actions:
        def check(answer: Coding) -> str:
            return wrong(answer, text)

        messages = code_rhetoric(text, room=self.room)
        answer = await self.ask(Ask("code", agent, tick, messages, Coding, check, number=item))
        if answer.value is None:
            return silent(agent, answer)
        found = {code.strategy: code.level for code in answer.value.codes}
        vector = np.array([[found[name] for name in STRATEGIES]], np.float64)
        return Actions.of("code", np.array([agent]), np.array([item]), vector=vector)


def wrong(answer: Coding, text: str) -> str:
    """What is wrong with a coding of ``text``, in words the model can act on; else ""."""
    named = [code.strategy for code in answer.codes]
    missing = [name for name in STRATEGIES if name not in named]
    if missing:
        return f"the strategy {missing[0]} is missing; each of the ten is named once"
    said = _plain(text)
    for code in answer.codes:
        if code.level and not (_plain(code.quote) and _plain(code.quote) in said):
            return f"the quote for {code.strategy} is not in the text; copy its words exactly, or give the level 0"
    return ""


def _plain(text: str) -> str:
    """Letters and digits only: a quote may differ in case, spaces and marks."""
    return "".join(c for c in clean(text).casefold() if c.isalnum())
