"""What a group's state machine wants done, in order; the server does it."""

from dataclasses import dataclass
from typing import Literal

from townsquare.protocols.ioa.messages import Say
from townsquare.protocols.ioa.tasks import TaskRecord

Outcome = Literal["concluded", "deadlock", "abandoned", "cancelled"]


@dataclass(frozen=True, slots=True)
class Tell:
    """Pass on to all members but the one who says it. What a member said is the very object that it said."""

    say: Say


@dataclass(frozen=True, slots=True)
class GiveFloor:
    """It is this member's turn."""

    member: str
    must_conclude: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Assign:
    """Hand the task over to its assignee."""

    task: TaskRecord


@dataclass(frozen=True, slots=True)
class CancelTask:
    """Nobody waits for this task any more; tell its assignee."""

    task_id: str
    assignee: str
    reason: str


@dataclass(frozen=True, slots=True)
class End:
    """The group has ended; the last effect that it ever has."""

    status: Outcome
    conclusion: str
    reason: str = ""
    """Why it ended without a conclusion, in a sentence."""


Effect = Tell | GiveFloor | Assign | CancelTask | End
