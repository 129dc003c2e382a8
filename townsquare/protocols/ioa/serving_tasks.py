"""Tasks on a server: from the one who wants something done to the one who does it, and the result back.

A task waits at the server while its assignee has as many as its card allows, or is away; it ends with a result, when
its time is over, when it is cancelled, or when the assignee leaves for good. Tasks of groups take the same way, but
their group keeps the time and hears of the end.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Collection
from dataclasses import dataclass

from townsquare.protocols.ioa.answers import check_answer
from townsquare.protocols.ioa.clock import Clock
from townsquare.protocols.ioa.journal import Journal
from townsquare.protocols.ioa.messages import Cancel, Header, Progress, Result, Task, encode
from townsquare.protocols.ioa.names import SERVER
from townsquare.protocols.ioa.registry import Registry
from townsquare.protocols.ioa.results import Done, Results
from townsquare.protocols.ioa.rules import OutOfTurn, Rules
from townsquare.protocols.ioa.vocabulary import Code, TaskStatus
from townsquare.protocols.ioa.voice import UNNUMBERED

Tell = Callable[[str, Header], bool]
"""Send a message to an agent; False when there is no room for it."""
Ends = Callable[[str, str, Result], None]
"""Group, assignee, result: a group's task has ended."""

LINE = 10_000
"""Tasks that may wait for one agent."""
LINE_BYTES = 256 * 2**20
"""Bytes of tasks that may wait for all agents together."""


@dataclass(slots=True)
class Work:
    """One task that has not ended."""

    task: Task
    """As the assignee gets it."""
    assigner: str
    assignee: str
    size: int
    """Bytes of the message."""
    group: str | None = None
    """The group whose task it is."""
    sent: bool = False
    status: TaskStatus = TaskStatus.TO_START
    timer: asyncio.TimerHandle | None = None


class TaskService:
    """Every agent's tasks. What agents may not do raises OutOfTurn, and changes nothing."""

    def __init__(
        self, registry: Registry, rules: Rules, journal: Journal, clock: Clock, tell: Tell, group_task_ended: Ends
    ) -> None:
        self.registry, self.rules, self.journal, self.clock = registry, rules, journal, clock
        self.ended: Counter[TaskStatus] = Counter()
        """How many ended how."""
        self._tell, self._group_task_ended = tell, group_task_ended
        self._works: dict[str, Work] = {}
        self._running: dict[str, dict[str, Work]] = {}
        """By assignee, what was sent."""
        self._lines: dict[str, deque[Work]] = {}
        """By assignee, what waits."""
        self._waiting = 0
        """Bytes of all that waits."""
        self._done = Results()

    def __len__(self) -> int:
        """Tasks that have not ended."""
        return len(self._works)

    def __contains__(self, task_id: object) -> bool:
        """Whether an id is in use, or its result still known."""
        return task_id in self._works or task_id in self._done

    def group_of(self, task_id: str) -> str | None:
        """The group whose task it is, while it goes on."""
        work = self._works.get(task_id)
        return work.group if work is not None else None

    def running(self, name: str) -> int:
        """How many tasks an agent works on."""
        return len(self._running.get(name, ()))

    def waiting(self, name: str) -> int:
        """How many wait for it."""
        return len(self._lines.get(name, ()))

    def assign(self, task: Task) -> None:
        """An agent wants something done. One that it wanted before is not done again: its result is sent again.

        Raises OutOfTurn: unknown (nobody of that name), duplicate (another's task has that id), busy, oversize.
        """
        done = self._done.get(task.task_id)
        known = self._works.get(task.task_id)
        owner = done.assigner if done is not None else known.assigner if known is not None else task.sender
        if owner != task.sender:
            raise OutOfTurn(Code.DUPLICATE, f"there is a task {task.task_id!r} already, of another agent")
        if done is not None:
            self._tell(task.sender, done.result.model_copy(update={"reply_to": task.id}))
            return
        if known is not None:
            return
        if task.to is None:
            raise OutOfTurn(Code.UNKNOWN, "a task needs `to`: the agent that is to do it")
        card = self.registry[task.to]
        seconds = min(task.seconds or card.limits.seconds, self.rules.task_seconds)
        work = self._open(
            task.model_copy(update={"assigner": task.sender, "seconds": seconds} | UNNUMBERED), task.sender, card.name
        )
        work.timer = asyncio.get_running_loop().call_later(seconds, self._time_is_up, task.task_id, seconds)
        self.push(card.name)

    def assign_in_group(self, task: Task, group: str) -> None:
        """A member of a group wants something done. Raises OutOfTurn: unknown, busy, oversize, duplicate."""
        assert task.to is not None
        if task.task_id in self:
            raise OutOfTurn(Code.DUPLICATE, f"there is a task {task.task_id!r} already")
        self._open(task, task.assigner or SERVER, self.registry[task.to].name, group)
        self.push(task.to)

    def progress(self, progress: Progress) -> None:
        """A task has begun, or goes on. Raises OutOfTurn: unknown, sender, late, duplicate."""
        work = self._own(progress.task_id, progress.sender)
        work.status = TaskStatus.IN_PROGRESS
        if work.group is None:
            # Without `reply_to`: that is the result's, which asks nothing more of whoever waits for an answer.
            self._tell(work.assigner, progress.model_copy(update={"reply_to": None} | UNNUMBERED))

    def result(self, result: Result) -> None:
        """What came of a task. Raises OutOfTurn: unknown, sender, duplicate, late, state; schema (the task fails)."""
        work = self._own(result.task_id, result.sender)
        if not result.status.ended:
            raise OutOfTurn(Code.STATE, f"{result.status} is no end of a task; say `progress`")
        wrong = ""
        if result.status is TaskStatus.COMPLETED:
            wrong = check_answer(self.registry[work.assignee], work.task.capability, result.output)
        if wrong:
            error = f"the result does not hold to the card's schema: {wrong}"
            result = result.model_copy(update={"status": TaskStatus.FAILED, "output": None, "error": error})
        self._end(work, result)
        if wrong:
            raise OutOfTurn(Code.SCHEMA, wrong)

    def cancel(self, task_id: str, sender: str, reason: str) -> None:
        """Whoever assigned a task does not want it any more. Raises OutOfTurn: unknown, sender, late."""
        work = self._works.get(task_id)
        if work is None:
            raise self._done.explain(task_id, sender)
        if work.assigner != sender or work.group is not None:
            raise OutOfTurn(Code.SENDER, f"task {task_id!r} is not {sender}'s to cancel")
        self._stop(work, TaskStatus.CANCELLED, reason or "cancelled by its assigner")

    def drop(self, task_id: str, reason: str) -> None:
        """A group does not want its task any more; it knows, and hears nothing."""
        work = self._works.get(task_id)
        if work is not None:
            self._close(work, self._result(work, TaskStatus.CANCELLED, reason))
            self._say_cancelled(work, reason)
            self.push(work.assignee)

    def refused(self, message_id: str, sender: str, reason: str) -> None:
        """An agent does not take the task that it was sent with ``message_id``; nothing for any other message."""
        for work in self._running.get(sender, {}).values():
            if work.task.id == message_id:
                self._end(work, self._result(work, TaskStatus.FAILED, f"refused by {sender}: {reason}"))
                return

    def returned(self, name: str, queued: Collection[bytes]) -> None:
        """An agent without streams is here again: send again what it has not finished, but not what is ``queued``."""
        for work in list(self._running.get(name, {}).values()):
            if encode(work.task) not in queued:
                self._tell(name, work.task)

    def gone(self, name: str) -> None:
        """An agent has left for good: what it was to do fails, and what it wanted is cancelled."""
        for work in [*self._running.get(name, {}).values(), *self._lines.get(name, ())]:
            self._end(work, self._result(work, TaskStatus.FAILED, f"{name!r} has left"), push=False)
        for work in [work for work in self._works.values() if work.assigner == name and work.group is None]:
            self._stop(work, TaskStatus.CANCELLED, f"{name!r} has left")

    def close(self) -> None:
        """The server stops."""
        for work in list(self._works.values()):
            if work.group is None:
                self._stop(work, TaskStatus.CANCELLED, "the server stops")

    def _open(self, task: Task, assigner: str, assignee: str, group: str | None = None) -> Work:
        size, limit = len(encode(task)), self.registry[assignee].limits.bytes
        if size > limit:
            raise OutOfTurn(Code.OVERSIZE, f"a task of {size:,} bytes; {assignee} takes {limit:,} at most")
        if self.waiting(assignee) >= LINE or self._waiting + size > LINE_BYTES:
            raise OutOfTurn(Code.BUSY, f"{self.waiting(assignee):,} tasks wait for {assignee} already")
        work = Work(task, assigner, assignee, size, group)
        self._works[task.task_id] = work
        self._lines.setdefault(assignee, deque()).append(work)
        self._waiting += size
        if group is None:
            told = {"capability": task.capability, "description": task.description, "status": "to_start"}
            self.journal.note("task", task_id=task.task_id, assigner=assigner, assignee=assignee, **told)
        return work

    def push(self, name: str) -> None:
        """Send an agent as many of its tasks as it takes; it may be here again, or take more than before."""
        if name not in self.registry or not self.registry.is_here(name):
            return
        parallel = self.registry[name].limits.parallel
        while (line := self._lines.get(name)) and self.running(name) < parallel:
            work = line.popleft()
            if not line:
                del self._lines[name]
            self._waiting -= work.size
            work.sent = True
            self._running.setdefault(name, {})[work.task.task_id] = work
            if not self._tell(name, work.task):
                self._end(work, self._result(work, TaskStatus.FAILED, f"too much waits for {name}"), push=False)

    def _own(self, task_id: str, sender: str) -> Work:
        work = self._works.get(task_id)
        if work is None:
            raise self._done.explain(task_id, sender)
        if work.assignee != sender:
            raise OutOfTurn(Code.SENDER, f"task {task_id!r} is {work.assignee}'s")
        return work

    def _time_is_up(self, task_id: str, seconds: float) -> None:
        work = self._works.get(task_id)
        if work is not None:
            self._stop(work, TaskStatus.TIMED_OUT, f"no result within {seconds:g} s")

    def _stop(self, work: Work, status: TaskStatus, reason: str) -> None:
        self._end(work, self._result(work, status, reason))
        self._say_cancelled(work, reason)

    def _say_cancelled(self, work: Work, reason: str) -> None:
        if work.sent and work.assignee in self.registry:
            told = Cancel(id=self.clock.id(), sender=SERVER, task_id=work.task.task_id, reason=reason[:2_000])
            self._tell(work.assignee, told)

    def _end(self, work: Work, result: Result, *, push: bool = True) -> None:
        self._close(work, result)
        try:
            if work.group is not None:
                self._group_task_ended(work.group, work.assignee, result)
            else:
                usage = result.usage.model_dump() if result.usage is not None else {}
                self.journal.note(
                    "task", task_id=result.task_id, status=str(result.status), error=result.error, **usage
                )
                if work.assigner in self.registry:
                    self._tell(work.assigner, self._fitting(work, result))
        finally:
            if push:
                self.push(work.assignee)

    def _fitting(self, work: Work, result: Result) -> Result:
        """The result for its assigner, who may not take as much."""
        size, limit = len(encode(result)), self.registry[work.assigner].limits.bytes
        if size > limit:
            error = f"the result has {size:,} bytes; {work.assigner} takes {limit:,} at most"
            return self._result(work, TaskStatus.FAILED, error)
        return result.model_copy(update={"reply_to": work.task.id} | UNNUMBERED)

    def _close(self, work: Work, result: Result) -> None:
        """Take it off all lists, and keep its result; a group's is kept by the group."""
        del self._works[work.task.task_id]
        self.ended[result.status] += 1
        kept = result if work.group is None else result.model_copy(update={"output": None})
        self._done.keep(work.task.task_id, Done(work.assigner, work.assignee, kept, len(encode(kept))))
        if work.timer is not None:
            work.timer.cancel()
        if work.sent:
            running = self._running[work.assignee]
            del running[work.task.task_id]
            if not running:
                del self._running[work.assignee]
        else:
            self._lines[work.assignee].remove(work)
            self._waiting -= work.size
            if not self._lines[work.assignee]:
                del self._lines[work.assignee]

    def _result(self, work: Work, status: TaskStatus, error: str) -> Result:
        return Result(
            id=self.clock.id(),
            sender=SERVER,
            reply_to=work.task.id,
            trace=work.task.trace,
            task_id=work.task.task_id,
            status=status,
            error=error[:8_000],
        )
