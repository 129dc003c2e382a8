"""What an agent says of itself, so that others can find it and know what it can be asked."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from townsquare.protocols.ioa.names import Name
from townsquare.protocols.ioa.topics import PUBLIC


class Limits(BaseModel):
    """What an agent can take."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    parallel: int = Field(default=1, ge=1, le=10_000)
    "Tasks at the same time; more wait at the server."
    seconds: float = Field(default=60.0, gt=0, le=86_400)
    "How long a task may take before it counts as timed out, where the task itself says nothing."
    bytes: int = Field(default=262_144, ge=1_024, le=268_435_456)
    "The largest message it takes."


class Card(BaseModel):
    """An agent's card. Fields that this version does not know are ignored, so that newer agents can join."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    name: Name
    "What the agent is called; one name, one agent, first come."
    description: str = Field(default="", max_length=8_000)
    "What it is and does, in words; discovery searches here and in the capabilities."
    capabilities: tuple[str, ...] = Field(default=(), max_length=64)
    "What it can do, a phrase each; also the names of what it can be asked, such as `decide`."
    owner: Name = PUBLIC
    "The MQTT user whose agent it is; checked against the topic that the card stands on."
    type: Literal["Thing Assistant", "Human Assistant"] = "Thing Assistant"
    "Whether a program or a person answers (the two types of the original)."
    answers: dict[str, dict[str, Any]] = Field(default_factory=dict, max_length=64)
    "Capability to the JSON Schema of its answers; the server refuses a result that does not hold to it."
    limits: Limits = Limits()
    "What the agent can take."
    speaks: bool = False
    "Whether it can be given the floor of a conversation; one that cannot works on tasks only."
    host: Name | None = None
    "The agent whose connection it shares; when that one goes away, this one does too."
    streams: bool = False
    "Whether it numbers its messages and acknowledges those of the server (docs/protocol.md, `ack`); may stay false."
    created_at: str = Field(default="", max_length=64)
    "When the card was written, ISO 8601; for people only."

    def text(self) -> str:
        """What discovery embeds."""
        return " ".join([self.name, self.description, *self.capabilities]).strip()
