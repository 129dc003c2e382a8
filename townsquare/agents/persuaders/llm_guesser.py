"""A language model that estimates how a message did by the standards of its account."""

from typing import Literal

from pydantic import BaseModel

from townsquare.agents.persuaders.frame import frame
from townsquare.agents.prompts.guess_engagement import guess_engagement
from townsquare.protocols.asking import Ask, AskModel
from townsquare.protocols.persuader import Post

PARTS = ("low", "middle", "high")
"""Thirds of an account's posts in the order of their likes, by code."""


class Guess(BaseModel):
    """Which third."""

    part: Literal["low", "middle", "high"]
    why: str


class LLMGuesser:
    """Behaviour simulation of PersuasionBench (arXiv 2410.02653); unlike the paper's prompt, ours tells the cut."""

    def __init__(self, ask: AskModel, channel: str = "a short message in a public feed") -> None:
        self.ask, self.channel = ask, channel

    async def guess(self, post: Post, *, number: int) -> int | None:
        """Code of the part; None where there is no valid answer. It is told everything of the post but its likes."""
        messages = guess_engagement(frame(post, self.channel), post.text)
        answer = await self.ask(Ask("guess", -1, 0, messages, Guess, number=number))
        return None if answer.value is None else PARTS.index(answer.value.part)
