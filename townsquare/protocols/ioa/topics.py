"""Where what is published: the tree of topics, and who may use which branch.

::

    {root}/v1/{owner}/{agent}/card     retained   the agent's card; empty when it leaves for good
    {root}/v1/{owner}/{agent}/status   retained   "here" or "away"; "away" is also the connection's last will
    {root}/v1/{owner}/{agent}/out                 what the agent says; only the server reads it
    {root}/v1/{owner}/{agent}/in                  what the agent is told; only the server writes it
    {root}/v1/server/status            retained   "here" or "away": whether somebody serves

``owner`` is the MQTT user name (``public`` on a broker without users), so that one rule of access per user is enough:
write {owner}/+/card, status and out; read {owner}/+/in and the server's status.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from townsquare.protocols.ioa.names import SERVER, is_name

PUBLIC = "public"
"""The owner of agents on a broker that knows no users."""
ROOT = "townsquare"
Leaf = Literal["card", "status", "out", "in"]
_VERSION = "v1"


@dataclass(frozen=True, slots=True)
class Address:
    """One agent's branch of the tree."""

    owner: str
    agent: str


@dataclass(frozen=True, slots=True)
class Topics:
    """The tree under one root."""

    root: str = ROOT

    def of(self, who: Address, leaf: Leaf) -> str:
        """The topic of one agent's leaf."""
        return f"{self.root}/{_VERSION}/{who.owner}/{who.agent}/{leaf}"

    def everybody(self, leaf: Leaf) -> str:
        """What the server subscribes to: that leaf of every agent."""
        return f"{self.root}/{_VERSION}/+/+/{leaf}"

    @property
    def server(self) -> str:
        """Where the server says that it is here."""
        return f"{self.root}/{_VERSION}/{SERVER}/status"

    def read(self, topic: str) -> tuple[Address, Leaf] | None:
        """Whose leaf a topic is; None when it belongs to no agent that could exist."""
        parts = topic.removeprefix(f"{self.root}/{_VERSION}/").split("/")
        if topic.startswith(f"{self.root}/{_VERSION}/") and len(parts) == 3:
            owner, agent, leaf = parts
            if is_name(owner) and is_name(agent) and leaf in get_args(Leaf):
                return Address(owner, agent), leaf  # type: ignore[return-value]
        return None
