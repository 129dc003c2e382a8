"""A reader whose decisions a language model makes: persona, memories and the list in; clicks and likes out."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field, create_model

from townsquare.agents.minds.per_agent import together
from townsquare.agents.minds.remembering import Remembering
from townsquare.agents.minds.silence import silent
from townsquare.agents.persona_sampling import Cast
from townsquare.agents.persona_words import describe
from townsquare.agents.prompts.read import read
from townsquare.agents.prompts.room import MEMORY_SHARE, Room
from townsquare.protocols.actions import Actions
from townsquare.protocols.asking import Ask, AskModel
from townsquare.protocols.events import Events
from townsquare.protocols.memory import Embedder, MemoryStore
from townsquare.protocols.observations import Observation, Observations
from townsquare.protocols.settings import Settings


class Choice(BaseModel):
    """One item that is opened: its place in the list, from 1, and whether it is liked."""

    item: int
    like: bool


class Reading(BaseModel):
    """What a reader opens, in the order of choice; ``reading`` makes the type for a list of a given length."""

    choices: list[Choice]


@lru_cache(maxsize=256)
def reading(count: int, limit: int) -> type[Reading]:
    """The answer for a list of ``count`` items of which ``limit`` may be opened; its schema depends on nothing else, so
    that it is computed once. An item that is named twice is passed on: the town refuses it, and that is on record.
    """
    choice = create_model("Choice", __base__=Choice, item=(int, Field(ge=1, le=count)))
    return create_model("Reading", __base__=Reading, choices=(list[choice], Field(max_length=limit)))  # type: ignore[valid-type]


class LLMReader:
    """Reads as a persona would, and remembers what it opened (a ``Mind`` that ``Remembers``).

    All agents of a cohort are asked at once. One whose model gives no valid answer yields a ``no_answer`` that says
    why; one before whom nothing lies is not asked. Items are what their texts say (``Observation.texts``): features of
    the list are not told.
    """

    class Config(Settings):
        """What of persona, memory and list goes into a prompt."""

        recall: int = Field(default=5, ge=0)
        "Memories put before a reader at each decision."
        prompt_tokens: int = Field(default=4000, ge=200)
        "Tokens a prompt may take; what is too much is cut: oldest memories first, then the longest texts."
        memory_tokens: int = Field(default=130, ge=0)
        "Tokens of them that memories may take, so that prompts do not grow with what has been lived through."

    def __init__(
        self,
        config: Config,
        ask: AskModel,
        personas: Cast,
        memory: MemoryStore | None = None,
        embedder: Embedder | None = None,
    ) -> None:
        """``personas`` says who an agent is, None for nobody in particular; ``memory`` is this group's own store."""
        self.config, self.ask, self.personas = config, ask, personas
        self.remembering = Remembering(memory, embedder, recall=config.recall)
        self.room = Room(prompt=config.prompt_tokens, memories=config.memory_tokens, share=MEMORY_SHARE)
        self._read: dict[int, dict[int, str]] = {}
        """What each agent meant to open this tick: item -> text."""

    async def decide(self, seen: Observations) -> Actions:
        """Clicks in the order of choice, and the likes among them; a row per agent without an answer."""
        rows = [seen.row(i) for i in range(len(seen))]
        recalled = self.remembering.recall(
            seen.agents, seen.tick, [row.texts for row in rows], [row.items for row in rows]
        )
        self._read = {}
        return Actions.concat(
            await together(self._one(row, memories) for row, memories in zip(rows, recalled, strict=True))
        )

    def question(self, seen: Observation, memories: Sequence[str]) -> Ask[Reading]:
        """What one reader is asked; a pure function of what it is, remembers and sees."""
        you = describe(self.personas(seen.agent), seen.texts, name=f"reader {seen.agent}")
        messages = read(you, memories, seen.texts, limit=seen.limit, tick=seen.tick, room=self.room)
        return Ask("read", seen.agent, seen.tick, messages, reading(len(seen.items), seen.limit))

    async def _one(self, seen: Observation, memories: Sequence[str]) -> Actions:
        if not seen.items:
            return Actions.concat([])
        answer = await self.ask(self.question(seen, memories))
        if answer.value is None:
            return silent(seen.agent, answer)
        opened = [(seen.items[choice.item - 1], choice.like) for choice in answer.value.choices]
        texts = dict(zip(seen.items, seen.texts, strict=True))
        self._read[seen.agent] = {item: texts[item] for item, _ in opened}
        clicks, likes = [item for item, _ in opened], [item for item, like in opened if like]
        return Actions.concat(
            [
                Actions.of("click", np.full(len(clicks), seen.agent), np.array(clicks, np.int32)),
                Actions.of("like", np.full(len(likes), seen.agent), np.array(likes, np.int32)),
            ]
        )

    def remember(self, tick: int, events: Events) -> None:
        """One episode per agent that opened something; agents without an answer have nothing to remember."""
        self.remembering.remember(tick, events, self._read)
        self._read = {}

    def state(self) -> Mapping[str, NDArray[np.generic]]:
        """Everything remembered, as arrays."""
        return self.remembering.state()

    def load(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Take up where ``state`` was taken."""
        self.remembering.load(state)
