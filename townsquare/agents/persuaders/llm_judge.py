"""A judge that asks a language model which of two texts does better."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import BaseModel, Field

from townsquare.agents.persuaders.frame import frame
from townsquare.agents.prompts.compare_texts import Question, compare_texts
from townsquare.agents.prompts.room import Room
from townsquare.protocols.asking import Ask, AskModel
from townsquare.protocols.persuader import Brief, Pair, Side, Version
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams


class Preference(BaseModel):
    """The one that is ahead."""

    better: Literal["first", "second"]


class LLMPairJudge:
    """One question per order of the two texts. It is not told which is whose, nor what either got.

    Scores that models give do not agree well with people's (Anthropic, "Measuring the persuasiveness of language
    models"): read its ratings beside its accuracy on the real pairs, which the arena prints.
    """

    class Config(Settings):
        """What is asked."""

        question: Question = "engagement"
        "Which gets more likes (engagement), or which wins readers over (persuasion); only the first can be checked."
        channel: str = "a short message in a public feed"
        "What kind of message it is, in words."
        prompt_tokens: int = Field(default=4000, ge=200)
        "Tokens a prompt may take."

    needs: ClassVar[tuple[str, ...]] = ("model",)
    ask: AskModel
    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config = config

    def learn(self, pairs: Sequence[Pair]) -> None:
        """Nothing."""

    async def choose(self, brief: Brief, left: Version, right: Version, *, number: int) -> Side | None:
        """The side it prefers, or None where it gave no valid answer; never a tie."""
        answer = await self.ask(self.question(brief, left.text, right.text, number))
        if answer.value is None:
            return None
        return "left" if answer.value.better == "first" else "right"

    def question(self, brief: Brief, first: str, second: str, number: int) -> Ask[Preference]:
        """What is asked about two texts in this order."""
        messages = compare_texts(
            frame(brief.post, self.config.channel),
            first,
            second,
            question=self.config.question,
            room=Room(prompt=self.config.prompt_tokens),
        )
        return Ask("compare", -1, 0, messages, Preference, number=number)
