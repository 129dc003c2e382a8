"""The conversation of one group as a state machine: one floor, and an end to every silence.

States, transitions and what was decided about them: townsquare/protocols/ioa/phases.py.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.circle import Circle
from townsquare.protocols.ioa.effects import Assign, CancelTask, Effect, End, GiveFloor, Outcome, Tell
from townsquare.protocols.ioa.messages import Say, Usage
from townsquare.protocols.ioa.moves import LEFT, SPOKEN, assignees, checked, own_task, tasks_of, triggers_of
from townsquare.protocols.ioa.phases import WAITS, GroupRecord, Phase, Status
from townsquare.protocols.ioa.rules import OutOfTurn, Rules
from townsquare.protocols.ioa.tasks import TaskRecord, Tasks, inform
from townsquare.protocols.ioa.vocabulary import Code, TaskStatus, Type


class Flow:
    """One group. Pure: it knows no clock, every method returns what is to be done, in order.

    ``now`` is the caller's clock, in seconds; one that goes back stands still. What cannot be taken raises OutOfTurn
    and changes nothing: moves, progress and results. Everything else does nothing once the group has ended.
    """

    def __init__(
        self,
        comm_id: str,
        goal: str,
        members: Sequence[Card],
        *,
        rules: Rules,
        max_turns: int,
        team_up_depth: int,
        parent: str | None = None,
        task_ids: Callable[[], str],
        taken: Callable[[str], bool] = lambda task_id: False,
    ) -> None:
        """``members`` has the opener first. ``task_ids`` makes ids that are new to the whole server, ``taken`` says
        whether one that a member wants is in use there.
        """
        self.comm_id, self.goal, self.parent = comm_id, goal, parent
        self.rules, self.max_turns, self.team_up_depth = rules, max_turns, team_up_depth
        self.circle, self.tasks = Circle(members), Tasks()
        self.state, self.conclusion = Phase.DISCUSSION, ""
        self.status: Status = "open"
        self.floor: str | None = None
        self.waiting: set[str] = set()
        """Ids of the tasks that somebody waits for."""
        self.turns = 0
        self.passed_over: Counter[str] = Counter()
        self.task_ids, self.taken = task_ids, taken
        self._asked = self.circle.opener
        """Who spoke last or is to speak; who waits, in a wait."""
        self._until = float("inf")
        """When floor or asynchronous wait are over."""
        self._silent: set[str] = set()
        """Who had the floor and said nothing since somebody said something."""
        self._going: dict[str, float] = {}
        """Who is away, and until when that may be."""
        self._now, self._step, self._started = float("-inf"), 0, False
        self._out: list[Effect] = []

    @property
    def members(self) -> tuple[Card, ...]:
        """Everybody who was invited, the opener first."""
        return tuple(self.circle.cards[name] for name in self.circle.names)

    @property
    def ended(self) -> bool:
        """Whether nothing can happen any more."""
        return self.status != "open"

    @property
    def deadline(self) -> float | None:
        """When ``tick`` has something to do; always a number while the group goes on, None before and after."""
        if not self._started or self.ended:
            return None
        times = [*self._going.values()]
        if self.floor is not None or self.state is Phase.ASYNC:
            times.append(self._until)
        if self.tasks.due is not None:
            times.append(self.tasks.due)
        return min(times)

    def record(self) -> GroupRecord:
        """The group as it stands."""
        return GroupRecord(
            comm_id=self.comm_id,
            goal=self.goal,
            members=self.circle.names,
            parent=self.parent,
            team_up_depth=self.team_up_depth,
            max_turns=self.max_turns,
            state=str(self.state),
            status=self.status,
            conclusion=self.conclusion,
            turns=self.turns,
            passed_over=dict(sorted(self.passed_over.items())),
            tasks=tuple(self.tasks),
        )

    def start(self, first: str | None, now: float) -> list[Effect]:
        """Open the conversation: the floor goes to ``first``, by default the opener. Raises OutOfTurn: member."""
        if first is not None and first not in self.circle.cards:
            raise OutOfTurn(Code.MEMBER, f"{first!r} is no member of {self.comm_id!r}")
        if self._started or self.ended:
            raise OutOfTurn(Code.STATE, f"{self.comm_id!r} was started before")
        self._started = True
        self._asked = first or self.circle.opener
        return self._after(now, lambda: None)

    def say(self, message: Say, now: float) -> list[Effect]:
        """A member's move. Raises OutOfTurn: state, member, floor, unknown, name, duplicate."""
        checked(message, self)
        return self._after(now, lambda: self._move(message))

    def progress(self, task_id: str, sender: str, now: float) -> list[Effect]:
        """A task has begun, or goes on. Raises OutOfTurn: unknown, sender, late."""
        if own_task(task_id, sender, self).status is TaskStatus.IN_PROGRESS:
            return []
        return self._after(now, lambda: self._begun(task_id))

    def result(
        self,
        task_id: str,
        sender: str,
        status: TaskStatus,
        output: Any,
        error: str,
        now: float,
        usage: Usage | None = None,
    ) -> list[Effect]:
        """What came of a task. Raises OutOfTurn: unknown, sender, duplicate, late; state for a status that is none."""
        if not status.ended:
            raise OutOfTurn(Code.STATE, f"{status} is no end of a task; say `progress`")
        own_task(task_id, sender, self)
        return self._after(now, lambda: self._finish(task_id, status, output, error, usage))

    def left(self, member: str, now: float, *, grace: float = 0.0) -> list[Effect]:
        """A member has gone: its tasks fail, the floor goes on. Within ``grace`` seconds it may come back unnoticed."""
        if self.ended or member not in self.circle.present or (grace > 0 and member in self._going):
            return []
        if grace > 0:
            self._going[member] = max(self._now, now) + grace
            return []
        return self._after(now, lambda: self._gone(member))

    def back(self, member: str, now: float) -> list[Effect]:
        """A member is here again; tasks that failed stay failed."""
        if self.ended or member not in self.circle.cards:
            return []
        self._going.pop(member, None)
        return self._after(now, lambda: self._returned(member))

    def tick(self, now: float) -> list[Effect]:
        """Whatever has waited long enough; to be called when ``deadline`` has come, harmless at any other time."""
        if not self._started or self.ended:
            return []
        return self._after(now, self._overdue)

    def cancel(self, reason: str, now: float) -> list[Effect]:
        """End the group from outside; nothing when it has ended."""
        if self.ended:
            return []
        return self._after(now, lambda: self._end("cancelled", "", reason))

    # What follows happens within one event: it changes the state and adds to the effects.

    def _after(self, now: float, event: Callable[[], None]) -> list[Effect]:
        self._now = max(self._now, now)
        event()
        if self._started and not self.ended:
            self._settle()
        out, self._out = self._out, []
        return out

    def _settle(self) -> None:
        """Whatever happened: end an empty group, wake who waits for nothing any more, leave no floor unclaimed."""
        if not self.circle.present:
            self._end("abandoned", "", "all members have left")
        elif self.state in WAITS:
            if not self.waiting:
                self._give(self._asked)
        elif self.floor is None:
            self._give(self._asked)

    def _give(self, wanted: str) -> None:
        conclude = self.state is Phase.CONCLUSION or self.turns >= self.max_turns
        self.state = Phase.CONCLUSION if conclude else Phase.DISCUSSION
        self.floor, self._asked = self.circle.next(wanted, self._silent), wanted
        if self.floor is not None:
            self._asked, self._until = self.floor, self._now + self.rules.turn_seconds
            self._out.append(GiveFloor(self.floor, conclude, self.rules.turn_seconds))
        elif self.circle.speakers():
            self._end("deadlock", "", "every member who could speak had the floor and said nothing")
        elif not self.tasks.unfinished():
            self._end("deadlock", "", "nobody who is here can speak, and no task is under way")

    def _move(self, message: Say) -> None:
        speaker = message.sender
        self.turns += 1
        self._silent.clear()
        self.floor, self._asked = None, speaker
        if self.state is Phase.CONCLUSION or message.type is Type.CONCLUSION:
            self._tell(message, type=Type.CONCLUSION)
            self._end("concluded", message.content)
        elif message.type in (Type.SYNC_TASK, Type.ASYNC_TASK) and assignees(message, self):
            self._assign(message)
        elif message.type is Type.PAUSE and (triggers := triggers_of(message, self)):
            self._tell(message, triggers=triggers)
            self.state, self.waiting = Phase.PAUSED, set(triggers)
        elif message.type is Type.CONCLUDE:
            self._tell(message)
            self.state = Phase.CONCLUSION
        elif message.type in SPOKEN:
            self._tell(message)
            named = self.circle.among(message.next_speaker)
            able = [name for name in named if self.circle.can_speak(name)]
            self._asked = able[0] if able else self.circle.opener if named else speaker
        else:  # work for nobody, a pause for nothing: said, and the speaker goes on
            self._tell(message, type=Type.DISCUSSION, next_speaker=(speaker,))

    def _assign(self, message: Say) -> None:
        self._tell(message)
        self.state = Phase.SYNC if message.type is Type.SYNC_TASK else Phase.ASYNC
        self._until = self._now + self.rules.turn_seconds
        for task in tasks_of(message, self, self._step):
            self.tasks.open(task, self._now)
            self.waiting.add(task.task_id)
            if task.assignee in self.circle.present:
                self._out.append(Assign(task))
            else:
                self._finish(task.task_id, TaskStatus.FAILED, None, LEFT)

    def _begun(self, task_id: str) -> None:
        task = self.tasks.move(task_id, TaskStatus.IN_PROGRESS)
        if self.state is Phase.ASYNC:
            self.waiting.discard(task_id)
        self._inform(task)

    def _finish(self, task_id: str, status: TaskStatus, output: Any, error: str, usage: Usage | None = None) -> None:
        task = self.tasks.move(task_id, status, output=output, error=error, usage=usage, step=self._step + 1)
        self.waiting.discard(task_id)
        self._inform(task)

    def _gone(self, member: str) -> None:
        self.circle.present.discard(member)
        self._going.pop(member, None)
        for task in self.tasks.unfinished(lambda task: task.assignee == member):
            self._finish(task.task_id, TaskStatus.FAILED, None, LEFT)
        if self.floor == member:
            self._silent.add(member)
            self.floor = None

    def _returned(self, member: str) -> None:
        self.circle.present.add(member)
        if self.floor is None and self.state not in WAITS:  # nobody could speak until now
            self._silent.discard(member)

    def _overdue(self) -> None:
        for member in [member for member, until in self._going.items() if until <= self._now]:
            self._gone(member)
        for task in self.tasks.overdue(self._now):
            self._finish(task.task_id, TaskStatus.TIMED_OUT, None, f"no result within {task.seconds:g} s")
            self._out.append(CancelTask(task.task_id, task.assignee, "its time is over"))
        if self._until > self._now:
            return
        if self.state is Phase.ASYNC:
            self.waiting.clear()
        elif self.floor is not None:
            self.passed_over[self.floor] += 1
            self._silent.add(self.floor)
            self.floor = None

    def _end(self, status: Outcome, conclusion: str, reason: str = "") -> None:
        for task in self.tasks.unfinished():
            self.tasks.move(task.task_id, TaskStatus.CANCELLED, error="the group has ended", step=self._step)
            self._out.append(CancelTask(task.task_id, task.assignee, "the group has ended"))
        if status == "concluded":
            self.state = Phase.CONCLUSION
        self.status, self.conclusion, self.floor = status, conclusion, None
        self.waiting.clear()
        self._out.append(End(status, conclusion, reason))

    def _tell(self, message: Say, **changed: Any) -> None:
        """Pass on; the very object where nothing is changed."""
        self._step += 1
        changed = {name: value for name, value in changed.items() if getattr(message, name) != value}
        self._out.append(Tell(message.model_copy(update=changed) if changed else message))

    def _inform(self, task: TaskRecord) -> None:
        self._tell(inform(task, f"{self.comm_id}:{self._step + 1}"))
