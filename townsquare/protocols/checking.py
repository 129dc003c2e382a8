"""How disputed articles are checked, as the scenario says and the team that does it reads."""

from typing import Literal

from pydantic import Field, field_validator

from townsquare.protocols.chat_settings import checked_model
from townsquare.protocols.settings import Settings


class Checking(Settings):
    """The team that checks what is disputed."""

    posts: int = Field(default=20, ge=0)
    "How many articles are checked per tick at most, most disputed first; 0: nobody checks anything."
    disputes: int = Field(default=2, ge=1)
    "How many readers have to dispute an article before it is checked; each is checked once."
    evidence: int = Field(default=12, ge=1, le=50)
    "How many other articles the retriever brings."
    archive: int = Field(default=500, ge=1, le=5_000)
    "How many of the newest articles it can search."
    readers: int = Field(default=2, ge=1, le=16)
    "How many readers share the evidence."
    agents: Literal["local", "remote"] = "local"
    "Who is in the team: agents of the town's own, or whoever joined the broker (remote.broker) and can do the work."
    mind: Literal["behavioural", "llm"] = "behavioural"
    "What readers and judge of the town's own are; the retriever searches by embedding and the desk goes by its rules."
    model: str = ""
    "Their model, provider:model; by default chat.model."
    seconds: float = Field(default=60.0, gt=0, le=86_400)
    "How long a task or a turn may take; then the group goes on without it."

    @field_validator("model")
    @classmethod
    def _model_is_named_in_full(cls, model: str) -> str:
        return checked_model(model)
