"""A contestant that has a language model rewrite the text."""

from dataclasses import replace
from functools import lru_cache
from typing import ClassVar

from pydantic import BaseModel, Field, create_model

from townsquare.agents.persuaders.frame import frame
from townsquare.agents.prompts.rewrite import rewrite
from townsquare.agents.prompts.room import Room
from townsquare.protocols.asking import Ask, AskModel
from townsquare.protocols.persuader import Brief
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams


class Rewritten(BaseModel):
    """The message as it is to be published."""

    text: str


@lru_cache(maxsize=512)
def rewritten(limit: int) -> type[Rewritten]:
    """The answer for at most ``limit`` characters."""
    return create_model("Rewritten", __base__=Rewritten, text=(str, Field(min_length=1, max_length=limit)))


class LLMPersuader:
    """Transsuasion by prompt: sender, readers, time, channel and meaning stay, the wording may change.

    The task is PersuasionBench's (arXiv 2410.02653), the prompt is ours and has no examples. What is asked is not
    trusted: the arena's audit reports what was added or changed all the same. A model without a valid answer has
    written nothing, which is counted, and is never the text unchanged.
    """

    class Config(Settings):
        """What is asked."""

        channel: str = "a short message in a public feed"
        "What kind of message it is, in words."
        characters: int = Field(default=280, ge=20)
        "Characters a text may have; a longer input may keep its length."
        rounds: int = Field(default=1, ge=1, le=10)
        "How often the text is rewritten, each time from the last result."
        prompt_tokens: int = Field(default=4000, ge=200)
        "Tokens a prompt may take."

    needs: ClassVar[tuple[str, ...]] = ("model",)
    ask: AskModel
    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config = config

    async def write(self, brief: Brief) -> str | None:
        """What the model writes; None as soon as one round has no valid answer."""
        text = brief.post.text
        limit = max(self.config.characters, len(text))
        for turn in range(self.config.rounds):
            answer = await self.ask(self.question(brief, text, limit, turn))
            if answer.value is None:
                return None
            text = answer.value.text.strip()
        return text

    def question(self, brief: Brief, text: str, limit: int, turn: int = 0) -> Ask[Rewritten]:
        """What is asked about ``text``; nothing of the brief but its frame goes in."""
        room = Room(prompt=self.config.prompt_tokens)
        messages = rewrite(frame(replace(brief.post, text=""), self.config.channel), text, limit=limit, room=room)
        return Ask("rewrite", -1, turn, messages, rewritten(limit), _says_something, number=brief.number)


def _says_something(answer: Rewritten) -> str:
    return "" if answer.text.strip() else "text is empty"
