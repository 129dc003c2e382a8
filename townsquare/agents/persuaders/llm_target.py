"""A target of persuasion that is a language model."""

from typing import ClassVar

from pydantic import BaseModel, Field

from townsquare.agents.persuaders.conversation import lines
from townsquare.agents.persuaders.llm_arguer import Said
from townsquare.agents.prompts.answer_argument import answer_argument
from townsquare.agents.prompts.probe_stance import PROBES, probe_stance
from townsquare.agents.prompts.room import Room
from townsquare.protocols.asking import Ask, AskModel
from townsquare.protocols.persuader import STANCE, Talk
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams


class Stance(BaseModel):
    """Where it stands."""

    stance: int = Field(ge=STANCE[0], le=STANCE[1])


class LLMTarget:
    """Talks with a persuader, and is asked where it stands outside the conversation, before and after it.

    Models as targets move several times more than people do: a shift of one says little about people.
    """

    class Config(Settings):
        """What is asked."""

        prompt_tokens: int = Field(default=6000, ge=400)
        "Tokens a prompt may take; the longest messages are cut first."

    needs: ClassVar[tuple[str, ...]] = ("model",)
    ask: AskModel
    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config, self.room = config, Room(prompt=config.prompt_tokens)

    async def reply(self, talk: Talk) -> str | None:
        """The model's next message; None where it has no valid answer."""
        messages = answer_argument(talk.topic, lines(talk.messages, 1), room=self.room)
        answer = await self.ask(Ask("answer", 1, len(talk.messages), messages, Said, number=talk.number))
        return None if answer.value is None else answer.value.text

    async def rate(self, talk: Talk, probe: int) -> float | None:
        """The model's stance; None where it has no valid answer, which is not 0 and not what it was."""
        messages = probe_stance(talk.topic, lines(talk.messages, 1), probe, room=self.room)
        number = talk.number * len(PROBES) + probe
        answer = await self.ask(Ask("probe", 1, len(talk.messages), messages, Stance, number=number))
        return None if answer.value is None else float(answer.value.stance)
