"""What holds in every group of a server, and the error of those who break it."""

from pydantic import Field

from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.ioa.vocabulary import Code
from townsquare.protocols.settings import Settings


class Rules(Settings):
    """Bounds that make every conversation end (ours; the original has none but ``max_turns``)."""

    turn_seconds: float = Field(default=60.0, gt=0, le=86_400)
    "How long a member may hold the floor in silence, and how long an asynchronous assigner waits for progress."
    max_turns: int = Field(default=32, ge=1, le=10_000)
    "After so many turns a group has to conclude; a group may ask for fewer, not for more."
    max_depth: int = Field(default=3, ge=0, le=64)
    "Levels of groups below one that nobody's task led to."
    task_seconds: float = Field(default=3600.0, gt=0, le=86_400)
    "The longest that a task may take, whatever its assigner or the assignee's card say."
    max_members: int = Field(default=64, ge=1, le=1_000)
    "Members of a group, the one who opens it among them."


class OutOfTurn(TownsquareError):
    """A move that the flow does not take, and that changed nothing; ``code`` says why for programs."""

    def __init__(self, code: Code, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason
