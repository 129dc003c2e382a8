"""A group as one of its members knows it, and what an agent that speaks is given and gives."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.messages import Ended, Joined, Result, Say, Task, Usage
from townsquare.protocols.ioa.tasks import result_of
from townsquare.protocols.ioa.vocabulary import Type

if TYPE_CHECKING:
    from townsquare.protocols.ioa.member import Member


@runtime_checkable
class Agent(Protocol):
    """Whoever can do a task. Nothing else is mandatory.

    One that knows what its work cost also has ``async def spent(self, task) -> tuple[output, Usage]``, which is then
    called instead.
    """

    async def run(self, task: Task) -> Any:
        """Do it: what is returned is the result's output, any JSON; what is raised makes the task fail, with its
        message.
        """


@runtime_checkable
class Speaker(Protocol):
    """An agent that can be given the floor of a conversation; its card says ``speaks``."""

    async def speak(self, turn: "Turn") -> "Move":
        """Say something. Whoever raises, or takes too long, is passed over."""


@dataclass(frozen=True, slots=True)
class Move:
    """What a speaker does with the floor; the fields are those of ``Say``."""

    type: Type
    content: str = ""
    next_speaker: tuple[str, ...] = ()
    task_desc: str = ""
    task_abstract: str = ""
    task_input: Any = None
    task_seconds: float | None = None
    triggers: tuple[str, ...] = ()
    usage: Usage | None = None
    task_id: str = ""


@dataclass(slots=True)
class Conversation:
    """A group, kept up to date while it goes on."""

    comm_id: str
    goal: str
    members: tuple[Card, ...]
    """The one who opened it first."""
    max_turns: int
    team_up_depth: int
    said: list[Say] = field(default_factory=list)
    """In the order in which it was heard; our own as well."""
    results: dict[str, Result] = field(default_factory=dict)
    """Tasks of the group that have ended, by id."""
    ended: Ended | None = None

    @classmethod
    def of(cls, joined: Joined) -> "Conversation":
        """A group that has just begun."""
        return cls(joined.comm_id, joined.goal, joined.members, joined.max_turns, joined.team_up_depth)

    def hear(self, say: Say) -> None:
        """Keep what was said, and what came of a task."""
        self.said.append(say)
        result = result_of(say)
        if result is not None:
            self.results[result.task_id] = result


@dataclass(frozen=True, slots=True)
class Turn:
    """It is this agent's turn to speak."""

    me: str
    conversation: Conversation
    must_conclude: bool
    """Whether only a conclusion is taken now."""
    turn: int
    """How many turns were taken so far."""
    voice: "Member"
    """To ask others meanwhile: discover, assign, launch a group below this one."""
