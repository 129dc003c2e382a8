"""Somebody on a network whose opinion a language model decides: persona and what others said in, an opinion out."""

import numpy as np
from pydantic import BaseModel, Field

from townsquare.agents.minds.per_agent import together
from townsquare.agents.minds.silence import silent
from townsquare.agents.persona_sampling import Cast
from townsquare.agents.persona_words import describe
from townsquare.agents.prompts.opine import opine
from townsquare.agents.prompts.room import Room
from townsquare.protocols.actions import Actions
from townsquare.protocols.asking import Ask, AskModel
from townsquare.protocols.observations import Observation, Observations
from townsquare.protocols.settings import Settings
from townsquare.protocols.standpoints import standpoint


class Stand(BaseModel):
    """Where somebody stands now, from 0 (wholly against) to 100 (wholly for)."""

    agreement: int = Field(ge=0, le=100)


class StandSaid(Stand):
    """The same, and what they tell others; "" for nothing."""

    says: str = Field(max_length=300)


class LLMNeighbour:
    """Says where a persona stands after it heard others (a ``Mind``).

    All agents of a cohort are asked at once. One whose model gives no valid answer yields a ``no_answer`` that says
    why, never "no change"; one who hears nobody is not asked. Of others only their words are told, never a number.
    """

    class Config(Settings):
        """What it is about, and how much goes into a prompt."""

        topic: str
        "A sentence that one can be for or against."
        sentence: bool = True
        "Whether the answer has a sentence for others to read."
        prompt_tokens: int = Field(default=2000, ge=200)
        "Tokens a prompt may take; of what is too much the longest texts are cut."

    def __init__(self, config: Config, ask: AskModel, personas: Cast) -> None:
        """``personas`` says who an agent is, None for nobody in particular."""
        self.config, self.ask, self.personas = config, ask, personas
        self.room = Room(prompt=config.prompt_tokens)

    async def decide(self, seen: Observations) -> Actions:
        """An ``opinion`` in [0, 1] per agent, on item 0, with its sentence; a row per agent without an answer."""
        return Actions.concat(await together(self._one(seen.row(i)) for i in range(len(seen))))

    def question(self, seen: Observation) -> Ask[Stand]:
        """What one agent is asked; a pure function of what it is and sees."""
        you = describe(self.personas(seen.agent), (self.config.topic,), name=f"neighbour {seen.agent}")
        own = float(seen.traits["opinion"])
        messages = opine(
            you,
            self.config.topic,
            seen.texts,
            standpoint=standpoint(own),
            place=round(100 * own),
            tick=seen.tick,
            sentence=self.config.sentence,
            room=self.room,
        )
        return Ask("opine", seen.agent, seen.tick, messages, StandSaid if self.config.sentence else Stand)

    async def _one(self, seen: Observation) -> Actions:
        if not seen.items:
            return Actions.concat([])
        answer = await self.ask(self.question(seen))
        if answer.value is None:
            return silent(seen.agent, answer)
        words = answer.value.says if isinstance(answer.value, StandSaid) else ""
        return Actions.of(
            "opinion", np.array([seen.agent]), np.array([0]), value=answer.value.agreement / 100, text=[words]
        )
