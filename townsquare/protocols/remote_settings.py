"""What a scenario says about agents that live elsewhere: where they are found, and how long they are waited for."""

import os
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from townsquare.protocols.errors import ScenarioError
from townsquare.protocols.ioa.names import Name
from townsquare.protocols.ioa.topics import PUBLIC, ROOT
from townsquare.protocols.settings import Settings
from townsquare.protocols.transports.connect import user_of

BROKER = "TOWNSQUARE_BROKER"
"""The environment variable that names the broker where a scenario does not."""


class RemoteSettings(Settings):
    """Agents that decide, or recommend, from other processes; they join with `townsquare join`."""

    broker: str = ""
    "The broker they are on, mqtt://HOST:PORT or mqtts://; by default $TOWNSQUARE_BROKER. No password stands here."
    root: Name = ROOT
    "The first part of all topics."
    owner: str = ""
    "The MQTT user under whose topics the town itself stands; by default the user it connects as."
    agents: dict[str, tuple[Name, ...]] = Field(default_factory=dict)
    """Who decides for a group: agents by group, such as {panel = ["alice"]}; a list is for all groups. Groups that are
    not named share all agents that are there when the town opens, can `decide`, and are named for no other group."""
    seconds: float = Field(default=60.0, gt=0, le=86_400)
    "How long an agent has for a task; whom it gives no answer by then does nothing in that tick, visibly."
    batch: int = Field(default=16, ge=1, le=10_000)
    "Agents of the town that one task asks about at most."
    retries: int = Field(default=1, ge=0, le=10)
    "How many others are asked instead of an agent that is away or gives nothing in time; 0 where each is its own self."
    wait: float = Field(default=10.0, ge=0, le=86_400)
    "How long a town that opens waits for the broker, the server and the agents to be there."

    @field_validator("agents", mode="before")
    @classmethod
    def _a_list_is_for_all(cls, raw: Any) -> Any:
        return {"": raw} if isinstance(raw, list | tuple) else raw

    @field_validator("broker")
    @classmethod
    def _no_password(cls, url: str) -> str:
        if url and urlsplit(url).password is not None:
            raise ScenarioError(  # no ValueError: its message would quote what was given
                "remote.broker: a run folder keeps the scenario, so the broker's URL may hold no password; give it as "
                "$TOWNSQUARE_MQTT_PASSWORD."
            )
        return url

    def url(self) -> str:
        """The broker; "" where none is named."""
        return self.broker or os.environ.get(BROKER, "")

    def user(self) -> str:
        """Whose topics the town's own are."""
        return self.owner or user_of(self.url()) or PUBLIC

    def named(self, group: str) -> tuple[str, ...]:
        """The agents that decide for ``group``; none where it shares those that are there."""
        return self.agents.get(group, self.agents.get("", ()))

    def taken(self) -> set[str]:
        """All agents that are named for some group."""
        return {name for names in self.agents.values() for name in names}
