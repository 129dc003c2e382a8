"""What a message means to a group: whether it may be said now, and which tasks it makes or waits for."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from townsquare.protocols.ioa.messages import Say
from townsquare.protocols.ioa.names import ID
from townsquare.protocols.ioa.phases import Phase
from townsquare.protocols.ioa.rules import OutOfTurn
from townsquare.protocols.ioa.tasks import TaskRecord
from townsquare.protocols.ioa.vocabulary import Code, State, TaskStatus, Type

if TYPE_CHECKING:
    from townsquare.protocols.ioa.flow import Flow

LEFT = "left"
"""The error of a task whose assignee has gone."""
SPOKEN = (Type.DISCUSSION, Type.DEFAULT)
_MOVES = (*SPOKEN, Type.SYNC_TASK, Type.ASYNC_TASK, Type.PAUSE, Type.CONCLUDE, Type.CONCLUSION)


def checked(message: Say, flow: "Flow") -> None:
    """Nothing, or OutOfTurn: why ``message`` is no move that ``flow`` can take now."""
    if message.comm_id != flow.comm_id:
        raise OutOfTurn(Code.UNKNOWN, f"this is group {flow.comm_id!r}, not {message.comm_id!r}")
    if message.sender not in flow.circle.cards:
        raise OutOfTurn(Code.MEMBER, f"{message.sender!r} is no member of {flow.comm_id!r}")
    if flow.ended:
        raise OutOfTurn(Code.STATE, f"{flow.comm_id!r} has ended ({flow.status})")
    if message.state is not State.DISCUSSION:
        raise OutOfTurn(Code.STATE, f"a group that stands takes state {State.DISCUSSION}, not {message.state}")
    if message.type not in _MOVES:
        hint = {Type.TASK_RESULT: "send `result`", Type.TASK_PROGRESS: "send `progress`"}.get(message.type, "reserved")
        raise OutOfTurn(Code.STATE, f"{message.type} is no move: {hint}")
    if message.sender != flow.floor:
        raise OutOfTurn(Code.FLOOR, f"the floor is {flow.floor or 'nobody'}'s ({flow.state})")
    if flow.state is Phase.CONCLUSION:
        return  # whatever it is becomes the conclusion
    if message.type is Type.PAUSE and (unknown := [name for name in message.triggers if name not in flow.tasks]):
        raise OutOfTurn(Code.UNKNOWN, f"{flow.comm_id!r} has no task {unknown[0]!r} to wait for")
    if message.type in (Type.SYNC_TASK, Type.ASYNC_TASK) and message.task_id:
        _names_are_free(message, flow)


def assignees(message: Say, flow: "Flow") -> list[str]:
    """The members that ``message`` gives work to; names of nobody in the group are passed over."""
    return flow.circle.among(message.next_speaker)


def tasks_of(message: Say, flow: "Flow", step: int) -> Iterator[TaskRecord]:
    """A task per assignee of an assignment, in their order."""
    names = assignees(message, flow)
    for n, assignee in enumerate(names, 1):
        wanted = message.task_seconds or flow.circle.cards[assignee].limits.seconds
        yield TaskRecord(
            task_id=_named(message.task_id, n, len(names)) or _fresh(flow),
            comm_id=flow.comm_id,
            description=message.task_desc or message.content,
            abstract=message.task_abstract,
            input=message.task_input,
            assigner=message.sender,
            assignee=assignee,
            sync=message.type is Type.SYNC_TASK,
            seconds=min(wanted, flow.rules.task_seconds),
            begun=step,
        )


def triggers_of(message: Say, flow: "Flow") -> tuple[str, ...]:
    """The unfinished tasks among those that a pause names; all unfinished ones where it names none."""
    unfinished = [task.task_id for task in flow.tasks.unfinished()]
    return tuple(task_id for task_id in unfinished if not message.triggers or task_id in message.triggers)


def own_task(task_id: str, sender: str, flow: "Flow") -> TaskRecord:
    """The task that ``sender`` may say something about, or OutOfTurn."""
    if task_id not in flow.tasks:
        raise OutOfTurn(Code.UNKNOWN, f"{flow.comm_id!r} has no task {task_id!r}")
    task = flow.tasks[task_id]
    if task.assignee != sender:
        raise OutOfTurn(Code.SENDER, f"task {task_id!r} is {task.assignee}'s")
    if task.status.ended:
        delivered = task.status is TaskStatus.COMPLETED or (task.status is TaskStatus.FAILED and task.error != LEFT)
        code = Code.DUPLICATE if delivered else Code.LATE
        raise OutOfTurn(code, f"task {task_id!r} is {task.status} already")
    return task


def _named(wanted: str, n: int, count: int) -> str:
    """The id of the ``n``-th of ``count`` tasks: the one that the assigner wants, numbered where there are several."""
    return f"{wanted}.{n}" if wanted and count > 1 else wanted


def _fresh(flow: "Flow") -> str:
    """A new id; members may have taken the next ones, on purpose too."""
    return next(task_id for task_id in iter(flow.task_ids, None) if task_id not in flow.tasks)


def _names_are_free(message: Say, flow: "Flow") -> None:
    count = len(assignees(message, flow))
    for task_id in [_named(message.task_id, n, count) for n in range(1, count + 1)]:
        if not re.fullmatch(ID, task_id):
            raise OutOfTurn(Code.NAME, f"{task_id[:140]!r} cannot be a task's id")
        if task_id in flow.tasks or flow.taken(task_id):
            raise OutOfTurn(Code.DUPLICATE, f"there is a task {task_id!r} already")
