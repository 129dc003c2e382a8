"""The words that messages choose from."""

from enum import StrEnum


class State(StrEnum):
    """Where a group stands (``CommunicationState``, integers 0 to 3 in the original; those are taken too)."""

    TEAMUP = "team_formation"
    DISCUSSION = "discussion"
    VOTE = "vote"
    EXECUTION = "execution"


class Type(StrEnum):
    """What a message does in a conversation (``CommunicationType``, integers 0 to 11 in the original; taken too).

    ``proposal``, ``vote`` and ``voting_result`` are reserved, as they are in the original: they parse, and the flow
    refuses them.
    """

    DEFAULT = "default"
    PROPOSAL = "proposal"
    VOTE = "vote"
    VOTING_RESULT = "voting_result"
    DISCUSSION = "discussion"
    SYNC_TASK = "sync_task_assign"
    ASYNC_TASK = "async_task_assign"
    TASK_RESULT = "inform_task_result"
    TASK_PROGRESS = "inform_task_progress"
    PAUSE = "pause"
    CONCLUDE = "conclude_group_discussion"
    CONCLUSION = "conclusion"


class TaskStatus(StrEnum):
    """How far a task is. It only moves on, and the last four are ends."""

    TO_START = "to_start"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self not in (TaskStatus.TO_START, TaskStatus.IN_PROGRESS)


class Code(StrEnum):
    """Why something was refused."""

    MALFORMED = "malformed"
    VERSION = "version"
    OVERSIZE = "oversize"
    SENDER = "sender"
    NAME = "name"
    UNKNOWN = "unknown"
    STATE = "state"
    FLOOR = "floor"
    MEMBER = "member"
    DEPTH = "depth"
    DUPLICATE = "duplicate"
    BUSY = "busy"
    SCHEMA = "schema"
    LATE = "late"
