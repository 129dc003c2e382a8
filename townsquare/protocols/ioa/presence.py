"""A server at a glance, for people: who is here, what they talk about, what is under way."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from townsquare.protocols.ioa.server import Server


@dataclass(frozen=True, slots=True)
class AgentPresence:
    """One agent."""

    name: str
    owner: str
    description: str
    here: bool
    speaks: bool
    running: int
    """Tasks it works on."""
    waiting: int
    """Tasks that wait for it."""


@dataclass(frozen=True, slots=True)
class GroupPresence:
    """One group."""

    comm_id: str
    goal: str
    members: tuple[str, ...]
    state: str
    status: str
    floor: str | None
    turns: int


@dataclass(frozen=True, slots=True)
class Presence:
    """What ``Server.presence`` gives."""

    agents: tuple[AgentPresence, ...]
    """By name."""
    groups: tuple[GroupPresence, ...]
    """In the order of opening; of those that have ended the latest."""
    tasks: int
    """Under way, in groups and outside."""
    tasks_ended: dict[str, int]
    """How many tasks ended how."""
    groups_ended: dict[str, int]
    """How many groups ended how."""
    messages: int
    """Taken so far."""
    refusals: dict[str, int]
    """By code, so far."""
    repeated: int
    """Messages that came again and were dropped."""
    faults: int
    """Messages at which the server itself went wrong; its log says how."""
    journal: str
    """What is wrong with the journal; "" for nothing."""

    @property
    def here(self) -> int:
        """How many agents are connected."""
        return sum(agent.here for agent in self.agents)


def presence_of(server: "Server") -> Presence:
    """How a server stands."""
    registry, tasks = server.registry, server.tasks
    agents = (
        AgentPresence(
            name=card.name,
            owner=card.owner,
            description=card.description,
            here=registry.is_here(card.name),
            speaks=card.speaks,
            running=tasks.running(card.name),
            waiting=tasks.waiting(card.name),
        )
        for card in registry
    )
    groups = (
        GroupPresence(flow.comm_id, flow.goal, flow.circle.names, str(flow.state), flow.status, flow.floor, flow.turns)
        for flow in server.groups
    )
    return Presence(
        agents=tuple(sorted(agents, key=lambda agent: agent.name)),
        groups=tuple(groups),
        tasks=len(tasks),
        tasks_ended={str(status): count for status, count in sorted(tasks.ended.items())},
        groups_ended=dict(sorted(server.groups_ended.items())),
        messages=server.messages,
        refusals={str(code): count for code, count in sorted(server.guard.refusals.items())},
        repeated=server.links.repeated,
        faults=server.faults,
        journal=server.journal.failure,
    )
