"""A persuader of a conversation that is a language model."""

from typing import ClassVar

from pydantic import BaseModel, Field

from townsquare.agents.persuaders.conversation import lines
from townsquare.agents.prompts.persuade import persuade
from townsquare.agents.prompts.room import Room
from townsquare.protocols.asking import Ask, AskModel
from townsquare.protocols.persuader import Talk
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams


class Said(BaseModel):
    """A message of a conversation."""

    text: str = Field(min_length=1)


class LLMArguer:
    """Knows the topic, its side and what was said. What the target is asked in secret, and answers, it never sees."""

    class Config(Settings):
        """What is asked."""

        prompt_tokens: int = Field(default=6000, ge=400)
        "Tokens a prompt may take; the longest messages are cut first."

    needs: ClassVar[tuple[str, ...]] = ("model",)
    ask: AskModel
    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config = config

    async def argue(self, talk: Talk) -> str | None:
        """The model's next message; None where it has no valid answer."""
        answer = await self.ask(self.question(talk))
        return None if answer.value is None else answer.value.text

    def question(self, talk: Talk) -> Ask[Said]:
        """What it is asked for its next message."""
        turn = len(talk.messages)
        messages = persuade(
            talk.topic,
            "for" if talk.side > 0 else "against",
            lines(talk.messages, 0),
            number=turn // 2 + 1,
            count=talk.planned // 2,
            room=Room(prompt=self.config.prompt_tokens),
        )
        return Ask("persuade", 0, turn, messages, Said, number=talk.number)
