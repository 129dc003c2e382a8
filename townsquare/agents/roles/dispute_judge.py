"""A judge of disputes that is a language model."""

from pydantic import BaseModel, Field

from townsquare.agents.prompts.decide_dispute import decide_dispute
from townsquare.protocols.asking import Ask, AskModel
from townsquare.protocols.dispute import Hearing, Ruling
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams


class Decision(BaseModel):
    """What the model says."""

    support: float = Field(ge=-1, le=1)
    why: str = Field(max_length=600)


class LLMDisputeJudge:
    """Asks about each hearing; what is no valid answer supports nobody, and is counted as such."""

    class Config(Settings):
        """Nothing can be set."""

    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config = config
        self.ask: AskModel | None = None
        """The way to the model; whoever builds the judge sets it."""

    async def rule(self, hearing: Hearing, /) -> Ruling:
        """What the model decides, of the two statements, their order and the suggestion alone."""
        assert self.ask is not None, "give the judge a model first"
        answer = await self.ask(Ask("decide", -1, 0, decide_dispute(hearing), Decision))
        if answer.value is None:
            return Ruling(None, f"no valid answer ({answer.outcome}): {answer.why}")
        return Ruling(answer.value.support, answer.value.why)
