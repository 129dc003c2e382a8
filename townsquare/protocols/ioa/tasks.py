"""The tasks of one group: who does what for whom, and how far it is."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from townsquare.protocols.ioa.messages import Result, Say, Usage
from townsquare.protocols.ioa.vocabulary import TaskStatus, Type

_RANK = {TaskStatus.TO_START: 0, TaskStatus.IN_PROGRESS: 1}


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """One task as it stands; every change is a new record."""

    task_id: str
    comm_id: str
    description: str
    abstract: str
    input: Any
    assigner: str
    assignee: str
    sync: bool
    """Whether the assigner waits for the result."""
    seconds: float
    """How long it may take, from the assignment on."""
    status: TaskStatus = TaskStatus.TO_START
    output: Any = None
    error: str = ""
    """Why it failed, in a sentence."""
    begun: int = 0
    """The group's logical step (messages so far) at which it was assigned."""
    ended: int | None = None
    """The step at which it ended."""
    usage: Usage | None = None
    """What it cost, where the assignee says so."""

    def conclusion(self) -> str:
        """What came of it, in words: the output where it is text, else as JSON; or why there is none."""
        if self.status is not TaskStatus.COMPLETED:
            return self.error
        return self.output if isinstance(self.output, str) else json.dumps(self.output, ensure_ascii=False)


class Tasks:
    """In the order of assignment. A status only moves on: to start, in progress, one of the ends; an end is final."""

    def __init__(self) -> None:
        self._records: dict[str, TaskRecord] = {}
        self._due: dict[str, float] = {}
        """When an unfinished task times out."""

    def __iter__(self) -> Iterator[TaskRecord]:
        return iter(self._records.values())

    def __len__(self) -> int:
        return len(self._records)

    def __contains__(self, task_id: object) -> bool:
        return task_id in self._records

    def __getitem__(self, task_id: str) -> TaskRecord:
        return self._records[task_id]

    def open(self, task: TaskRecord, now: float) -> None:
        """A new task, to be done within its ``seconds``. Raises ValueError for an id that is taken."""
        if task.task_id in self._records:
            raise ValueError(f"there is a task {task.task_id!r} already")
        self._records[task.task_id] = task
        self._due[task.task_id] = now + task.seconds

    def move(
        self,
        task_id: str,
        status: TaskStatus,
        *,
        output: Any = None,
        error: str = "",
        usage: Usage | None = None,
        step: int | None = None,
    ) -> TaskRecord:
        """The task in its new status. Raises ValueError for a step back or one after the end."""
        task = self._records[task_id]
        if task.status.ended or _RANK.get(status, 2) <= _RANK[task.status]:
            raise ValueError(f"task {task_id!r} is {task.status}; it cannot become {status}")
        ended = step if status.ended else None
        task = replace(task, status=status, output=output, error=error, usage=usage, ended=ended)
        self._records[task_id] = task
        if status.ended:
            del self._due[task_id]
        return task

    def unfinished(self, where: Callable[[TaskRecord], bool] = lambda task: True) -> list[TaskRecord]:
        """Those of which something may still come."""
        return [self._records[task_id] for task_id in self._due if where(self._records[task_id])]

    def overdue(self, now: float) -> list[TaskRecord]:
        """Unfinished ones whose time is up, the longest overdue first; ties in the order of assignment."""
        late = [task_id for task_id, due in self._due.items() if due <= now]
        return [self._records[task_id] for task_id in sorted(late, key=self._due.__getitem__)]

    @property
    def due(self) -> float | None:
        """When the next one times out; None when none is unfinished."""
        return min(self._due.values(), default=None)


def inform(task: TaskRecord, message_id: str) -> Say:
    """What the members of a group are told of a task that has begun or ended, in the assignee's name."""
    ended = task.status.ended
    return Say(
        id=message_id,
        sender=task.assignee,
        comm_id=task.comm_id,
        type=Type.TASK_RESULT if ended else Type.TASK_PROGRESS,
        task_id=task.task_id,
        task_desc=task.description,
        task_abstract=task.abstract,
        task_conclusion=task.conclusion() if ended else "",
        task_status=task.status,
        task_output=task.output,
        usage=task.usage,
    )


def result_of(say: Say) -> Result | None:
    """The result that ``say`` informs of; None for anything else that is said."""
    if say.type is not Type.TASK_RESULT:
        return None
    status = say.task_status or TaskStatus.COMPLETED
    error = "" if status is TaskStatus.COMPLETED else say.task_conclusion[:8_000]
    output = say.task_conclusion if say.task_status is None else say.task_output
    return Result(
        id=say.id, sender=say.sender, task_id=say.task_id, status=status, output=output, error=error, usage=say.usage
    )
