"""Groups on a server: the moves of their members go into the state machine, and what it wants done goes out.

Every event of a group is in the journal before anybody hears of it; from those entries alone the group can be played
again (replay.py). A group's event may lead to another of the same group, as when an assignee takes no more tasks: they
are taken one after the other.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.clock import Clock
from townsquare.protocols.ioa.effects import Assign, CancelTask, Effect, End, GiveFloor, Tell
from townsquare.protocols.ioa.flow import Flow
from townsquare.protocols.ioa.groups import Groups
from townsquare.protocols.ioa.journal import Journal
from townsquare.protocols.ioa.messages import (
    Ended,
    Floor,
    Header,
    Joined,
    Launch,
    Launched,
    Progress,
    Result,
    Say,
    Task,
    encode,
)
from townsquare.protocols.ioa.meter import Meter
from townsquare.protocols.ioa.names import SERVER
from townsquare.protocols.ioa.registry import Registry
from townsquare.protocols.ioa.replay import Numbered
from townsquare.protocols.ioa.rules import OutOfTurn, Rules
from townsquare.protocols.ioa.tasks import TaskRecord
from townsquare.protocols.ioa.vocabulary import Code, TaskStatus, Type

OPEN = 256
"""Groups that one agent may have opened at the same time."""
ENDED = 1_000
"""Trees of groups that are kept after their end, the latest; the journal has them all."""
_ABOVE = "the group above it has ended"
_SPARE = 1_024
"""Bytes of a message besides its longest fields."""


class Works(Protocol):
    """What groups need of the tasks' side."""

    def assign_in_group(self, task: Task, group: str) -> None:
        """Raises OutOfTurn."""

    def drop(self, task_id: str, reason: str) -> None:
        """Nobody wants it any more."""

    def __contains__(self, task_id: object) -> bool:
        """Whether the id is in use."""


class GroupService:
    """Every group of a server. What agents may not do raises OutOfTurn, and changes nothing."""

    works: Works
    """To be set before the first group is opened."""

    def __init__(
        self,
        registry: Registry,
        rules: Rules,
        journal: Journal,
        meter: Meter,
        clock: Clock,
        tell: Callable[[str, Header], bool],
    ) -> None:
        self.registry, self.journal, self.meter, self.clock = registry, journal, meter, clock
        self.groups = Groups(rules)
        self.ended: Counter[str] = Counter()
        """How many ended how."""
        self._tell = tell
        self._opened: Counter[str] = Counter()
        """By opener, groups that have not ended."""
        self._roots: deque[str] = deque()
        """Groups without a parent that have ended, the oldest first."""
        self._waiting: deque[tuple[Flow, Effect]] = deque()
        self._busy = False
        self._timers: dict[str, tuple[float, asyncio.TimerHandle]] = {}
        self._count = 0
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()

    @property
    def now(self) -> float:
        """Seconds since the server started."""
        return self._loop.time() - self._began

    def launch(self, launch: Launch) -> None:
        """Open a group. Raises OutOfTurn: unknown, member, depth, state, busy, oversize."""
        names = dict.fromkeys((launch.sender, *launch.members))
        members = [self.registry[name] for name in names]
        if self._opened[launch.sender] >= OPEN:
            raise OutOfTurn(Code.BUSY, f"{launch.sender} has {OPEN} groups open already")
        self._check_size(launch, members)
        self._count += 1
        comm_id = f"{self.clock.life}:group:{self._count}"
        flow = self.groups.open(
            comm_id,
            launch.goal,
            members,
            parent=launch.parent,
            team_up_depth=launch.team_up_depth,
            max_turns=launch.max_turns,
            task_ids=Numbered(comm_id),
            taken=self.works.__contains__,
        )
        self._opened[launch.sender] += 1
        self.journal.note(
            "opened",
            comm_id=comm_id,
            goal=flow.goal,
            members=[card.model_dump(mode="json", exclude_defaults=True) for card in members],
            parent=flow.parent,
            team_up_depth=flow.team_up_depth,
            max_turns=flow.max_turns,
            rules=self.groups.rules.model_dump(mode="json"),
        )
        self._tell(launch.sender, self._message(Launched, flow, reply_to=launch.id, trace=launch.trace or launch.id))
        joined = self._message(
            Joined,
            flow,
            goal=flow.goal,
            members=tuple(members),
            team_up_depth=flow.team_up_depth,
            max_turns=flow.max_turns,
        )
        for name in names:
            self._tell(name, joined)
        self._step(flow, lambda now: flow.start(None, now), "start")
        for name in names:
            if not self.registry.is_here(name):
                self._left(flow, name, self.groups.rules.turn_seconds)

    def say(self, say: Say) -> None:
        """A member's move. Raises OutOfTurn."""
        flow = self.groups[say.comm_id]
        limit = min(card.limits.bytes for card in flow.members)
        if len(encode(say)) > limit:
            raise OutOfTurn(Code.OVERSIZE, f"a member of {say.comm_id!r} takes {limit:,} bytes at most")
        said = say.model_dump(mode="json", exclude_defaults=True, exclude={"seq", "stream", "since", "kind", "time"})

        def event(now: float) -> list[Effect]:
            effects = flow.say(say, now)
            self.meter.count(say)
            return effects

        self._step(flow, event, "say", who=say.sender, said=said)

    def progress(self, comm_id: str, progress: Progress) -> None:
        """A task of a group has begun. Raises OutOfTurn."""
        flow, who, task_id = self.groups[comm_id], progress.sender, progress.task_id
        self._step(flow, lambda now: flow.progress(task_id, who, now), "progress", who=who, task_id=task_id)

    def result(self, comm_id: str, who: str, result: Result) -> None:
        """What came of a task of a group. Raises OutOfTurn."""
        flow, status, usage = self.groups[comm_id], result.status, result.usage
        task_id, output, error = result.task_id, result.output, result.error
        cost = usage.model_dump() if usage is not None else None
        told = {"task_id": task_id, "status": str(status), "output": output, "error": error, "usage": cost}
        self._step(
            flow, lambda now: flow.result(task_id, who, status, output, error, now, usage), "result", who=who, **told
        )

    def left(self, name: str, *, for_good: bool) -> None:
        """An agent has gone; where it may come back, a turn's time is left for that."""
        for flow in self.groups.of(name):
            self._left(flow, name, 0.0 if for_good else self.groups.rules.turn_seconds)

    def back(self, name: str) -> None:
        """An agent is here again."""
        for flow in self.groups.of(name):
            self._step(flow, lambda now, flow=flow: flow.back(name, now), "back", who=name)  # type: ignore[misc]

    def close(self, reason: str) -> None:
        """End all groups."""
        for flow in list(self.groups):
            self._cancel(flow, reason)

    def _cancel(self, flow: Flow, reason: str) -> None:
        if not flow.ended:
            self._step(flow, lambda now: flow.cancel(reason, now), "cancel", reason=reason)

    def _left(self, flow: Flow, name: str, grace: float) -> None:
        self._step(flow, lambda now: flow.left(name, now, grace=grace), "left", who=name, grace=grace)

    def _tick(self, flow: Flow) -> None:
        self._timers.pop(flow.comm_id, None)
        self._step(flow, flow.tick, "tick")

    def _step(self, flow: Flow, event: Callable[[float], list[Effect]], name: str, **fields: Any) -> None:
        """One event; raises what ``event`` raises, and nothing has happened then."""
        now = self.now  # read once: deadlines count from it, and a replay has to find it in the journal
        effects = event(now)
        stands = {"state": str(flow.state), "floor": flow.floor, "turns": flow.turns}
        ended = flow.status if flow.ended else None
        self.journal.note("group", comm_id=flow.comm_id, event=name, now=now, ended=ended, **fields, **stands)
        self._waiting.extend((flow, effect) for effect in effects)
        self._alarm(flow)
        if self._busy:
            return
        self._busy = True
        try:
            while self._waiting:
                self._do(*self._waiting.popleft())
        finally:
            self._busy = False

    def _do(self, flow: Flow, effect: Effect) -> None:
        match effect:
            case Tell(say):
                self._pass_on(flow, say)
            case GiveFloor(member, must_conclude, seconds):
                floor = self._message(
                    Floor, flow, turn=flow.turns, must_conclude=must_conclude, seconds=seconds, to=member
                )
                self._tell(member, floor)
            case Assign(task):
                self._assign(flow, task)
            case CancelTask(task_id, _, reason):
                self.works.drop(task_id, reason)
            case End(status, conclusion, reason):
                self._end(flow, status, conclusion, reason)

    def _pass_on(self, flow: Flow, say: Say) -> None:
        if say.type is Type.TASK_RESULT:
            self.works.drop(say.task_id, "it has ended")  # nothing, unless the group gave it up
        for card in flow.members:
            if card.name != say.sender:
                self._tell(card.name, _fitting(say, card.limits.bytes))

    def _assign(self, flow: Flow, record: TaskRecord) -> None:
        task = Task(
            id=self.clock.id(),
            sender=SERVER,
            to=record.assignee,
            task_id=record.task_id,
            comm_id=record.comm_id,
            assigner=record.assigner,
            description=record.description,
            input=record.input,
            seconds=record.seconds,
        )
        try:
            self.works.assign_in_group(task, flow.comm_id)
        except OutOfTurn as refusal:
            error, status = f"{refusal.code}: {refusal}", TaskStatus.FAILED
            failed = Result(id=self.clock.id(), sender=SERVER, task_id=task.task_id, status=status, error=error)
            self.result(flow.comm_id, record.assignee, failed)

    def _end(self, flow: Flow, status: str, conclusion: str, reason: str) -> None:
        self.ended[status] += 1
        self._opened[flow.circle.opener] -= 1
        self._alarm(flow)
        ended = self._message(Ended, flow, status=status, conclusion=conclusion or reason)
        for card in flow.members:
            self._tell(card.name, ended)
        self.meter.close(flow.comm_id)
        for below in self.groups.tree(flow.comm_id)[1:]:  # what they were for is not wanted any more
            self._cancel(below, _ABOVE)
        self._forget(flow)

    def _forget(self, flow: Flow) -> None:
        if flow.parent is None:
            self._roots.append(flow.comm_id)
        for _ in range(max(len(self._roots) - ENDED, 0)):
            root = self._roots.popleft()
            if not self.groups.forget(root):
                self._roots.append(root)  # a group below it still goes on

    def _alarm(self, flow: Flow) -> None:
        """Be woken when the group has something to do by itself."""
        due = None if flow.ended else flow.deadline
        known = self._timers.get(flow.comm_id)
        if known is not None and due != known[0]:
            known[1].cancel()
            del self._timers[flow.comm_id]
        if due is not None and (known is None or due != known[0]):
            self._timers[flow.comm_id] = due, self._loop.call_at(self._began + due, self._tick, flow)

    def _message(self, kind: type[Any], flow: Flow, **fields: Any) -> Any:
        self.clock.tick()
        told = {"id": self.clock.id(), "sender": SERVER, "comm_id": flow.comm_id, "logical": self.clock.logical}
        return kind(**told, **fields)

    @staticmethod
    def _check_size(launch: Launch, members: Iterable[Card]) -> None:
        """Everybody must be able to take the list of members."""
        members = list(members)
        size = _SPARE + 2 * len(launch.goal.encode()) + sum(len(card.model_dump_json()) for card in members)
        for card in members:
            if size > card.limits.bytes:
                reason = f"the cards of these members have {size:,} bytes; {card.name} takes {card.limits.bytes:,}"
                raise OutOfTurn(Code.OVERSIZE, reason)


def _fitting(say: Say, limit: int) -> Say:
    """What the server itself says of a task may be too long for a member: it is told that it ended, and how."""
    if len(encode(say)) <= limit:
        return say
    cut = max(limit // 16, 1)
    changed = {"task_output": None, "task_conclusion": say.task_conclusion[:cut], "task_desc": say.task_desc[:cut]}
    return say.model_copy(update=changed | {"content": say.content[:cut], "task_abstract": say.task_abstract[:cut]})
