"""Whatever members do or leave undone: every group ends or says why not, and never has two floors.

A schedule is drawn by hypothesis: moves of any kind by anybody, good and bad results, leavers, returners, waiting. The
invariants are checked after every event, and all events are replayed at the end.
"""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.protocols.ioa.table import card
from townsquare.protocols.ioa.effects import Assign, CancelTask, Effect, End, GiveFloor, Tell
from townsquare.protocols.ioa.flow import Flow
from townsquare.protocols.ioa.messages import Say, decode, encode
from townsquare.protocols.ioa.phases import WAITS, Phase
from townsquare.protocols.ioa.rules import OutOfTurn, Rules
from townsquare.protocols.ioa.vocabulary import TaskStatus, Type

NAMES = ["ann", "ben", "eve", "A", "B", "C"]
INFORMS = (Type.TASK_RESULT, Type.TASK_PROGRESS)
RANK = {TaskStatus.TO_START: 0, TaskStatus.IN_PROGRESS: 1}
SOME = st.lists(st.integers(0, 5), max_size=3)
Event = list[Any]
"""A name and JSON values: what a journal holds."""


def build(setting: Event) -> Flow:
    """The same flow from the same setting."""
    members, max_turns, turn, longest = setting
    ids = (f"t{n}" for n in range(1, 10_000))
    return Flow(
        "g",
        "goal",
        [card(name, seconds=20.0) for name in members],
        rules=Rules(turn_seconds=turn, task_seconds=longest),
        max_turns=max_turns,
        team_up_depth=0,
        task_ids=lambda: next(ids),
    )


def speakers_first(names: list[str]) -> list[str]:
    """So that few groups are stillborn."""
    return sorted(names, key=str.isupper)


def happen(flow: Flow, event: Event) -> list[Effect] | str:
    """What came of an event, or the code of its refusal."""
    kind, now, *rest = event
    calls: dict[str, Callable[..., list[Effect]]] = {
        "start": lambda: flow.start(None, now),
        "say": lambda: flow.say(decode(rest[0].encode()), now),  # type: ignore[arg-type]
        "progress": lambda: flow.progress(rest[0], rest[1], now),
        "result": lambda: flow.result(rest[0], rest[1], TaskStatus(rest[2]), rest[3], rest[4], now),
        "left": lambda: flow.left(rest[0], now, grace=rest[1]),
        "back": lambda: flow.back(rest[0], now),
        "tick": lambda: flow.tick(now),
        "cancel": lambda: flow.cancel("stop", now),
    }
    try:
        return calls[kind]()
    except OutOfTurn as error:
        return str(error.code)


class Schedules(RuleBasedStateMachine):
    """Any group, any order of events."""

    @initialize(
        members=st.lists(st.sampled_from(NAMES), min_size=1, max_size=6, unique=True).map(speakers_first),
        max_turns=st.integers(1, 12),
        turn=st.sampled_from([0.5, 10.0, 10.0]),
        longest=st.sampled_from([0.25, 3600.0, 3600.0]),
    )
    def open(self, members: list[str], max_turns: int, turn: float, longest: float) -> None:
        self.setting = [members, max_turns, turn, longest]
        self.flow = build(self.setting)
        self.now, self.number = 0.0, 0
        self.events: list[Event] = []
        self.outcomes: list[list[Effect] | str] = []
        self.holder: str | None = None
        self.moves = 0
        self.statuses: dict[str, TaskStatus] = {}
        self.handed: set[str] = set()
        self.do("start")

    def do(self, kind: str, *rest: Any) -> None:
        event = json.loads(json.dumps([kind, self.now, *rest]))  # what a journal would give back
        self.events.append(event)
        was = self.flow.record()
        outcome = happen(self.flow, event)
        self.outcomes.append(outcome)
        if isinstance(outcome, str):
            assert self.flow.record() == was
        else:
            self.check(outcome, was.state)

    def check(self, effects: list[Effect], before: str) -> None:
        """One speaker at a time, nobody in a wait; what is handed over is handed over once."""
        for effect in effects:
            if isinstance(effect, GiveFloor):
                assert self.flow.circle.can_speak(effect.member) or self.flow.ended
                assert not (before in WAITS and self.flow.state in WAITS)
                self.holder = effect.member
            elif isinstance(effect, Tell) and effect.say.type not in INFORMS:
                assert effect.say.sender == self.holder
                self.holder = None
                self.moves += 1
            elif isinstance(effect, Assign):
                assert effect.task.task_id not in self.handed
                self.handed.add(effect.task.task_id)
                assert effect.task.assignee in self.flow.circle.present
            elif isinstance(effect, CancelTask):
                assert effect.task_id in self.handed
        assert sum(isinstance(effect, GiveFloor) for effect in effects) <= 1
        if any(isinstance(effect, End) for effect in effects):
            assert isinstance(effects[-1], End)
            assert self.flow.ended

    def message(self, who: str, type: Type, to: list[str], **more: Any) -> None:
        self.number += 1
        message = Say(
            id=f"{who}:1:{self.number}", sender=who, comm_id="g", content=f"w{self.number}", type=type,
            next_speaker=tuple(to), **more,
        )  # fmt: skip
        self.do("say", encode(message).decode())

    def name(self, number: int) -> str:
        return self.flow.circle.names[number % len(self.flow.circle.names)]

    @precondition(lambda self: self.flow.floor)
    @rule(to=SOME)
    def talk(self, to: list[int]) -> None:
        self.message(self.flow.floor or "", Type.DISCUSSION, [self.name(one) for one in to])

    @precondition(lambda self: self.flow.floor)
    @rule(
        type=st.sampled_from([Type.SYNC_TASK, Type.ASYNC_TASK, Type.ASYNC_TASK]),
        to=SOME,
        task_id=st.sampled_from(["", "", "", "mine", "a b"]),
        seconds=st.sampled_from([None, None, 0.5, 50.0]),
    )
    def assign(self, type: Type, to: list[int], task_id: str, seconds: float | None) -> None:
        names = [self.name(one) for one in to]
        self.message(self.flow.floor or "", type, names, task_id=task_id, task_seconds=seconds)

    @precondition(lambda self: self.flow.floor and self.flow.tasks.unfinished())
    @rule(some=st.booleans())
    def pause(self, some: bool) -> None:
        triggers = tuple(task.task_id for task in self.flow.tasks)[:: 2 if some else 1]
        self.message(self.flow.floor or "", Type.PAUSE, [], triggers=triggers)

    @precondition(lambda self: self.flow.tasks.unfinished())
    @rule(
        which=st.integers(0, 5),
        status=st.sampled_from([TaskStatus.IN_PROGRESS, *TaskStatus]),
        output=st.sampled_from(["x", None, {"a": [1]}]),
    )
    def work(self, which: int, status: TaskStatus, output: Any) -> None:
        unfinished = self.flow.tasks.unfinished()
        task = unfinished[which % len(unfinished)]
        if status.ended:
            self.do("result", task.task_id, task.assignee, str(status), output, "" if output else "no")
        else:
            self.do("progress", task.task_id, task.assignee)

    @precondition(lambda self: not self.flow.ended or len(self.events) % 3 == 0)
    @rule(
        type=st.sampled_from(Type),
        who=st.integers(0, 6),
        floor=st.booleans(),
        to=st.lists(st.sampled_from([*NAMES, "stranger"]), max_size=3),
        triggers=st.lists(st.sampled_from(["t1", "mine", "t9"]), max_size=2),
    )
    def say_anything(self, type: Type, who: int, floor: bool, to: list[str], triggers: list[str]) -> None:
        """What nobody should: out of turn, of a reserved type, about tasks that do not exist."""
        name = "stranger" if who == 6 else self.name(who)
        self.message((self.flow.floor if floor else None) or name, type, to, triggers=tuple(triggers))

    @precondition(lambda self: not self.flow.ended or len(self.events) % 3 == 0)
    @rule(task_id=st.sampled_from(["t1", "t2", "mine", "mine.1"]), who=st.sampled_from(NAMES), begun=st.booleans())
    def deliver_anything(self, task_id: str, who: str, begun: bool) -> None:
        """Others' tasks, unknown ones, results given twice."""
        self.do(*(("progress", task_id, who) if begun else ("result", task_id, who, "completed", "y", "")))

    @precondition(lambda self: len(self.events) % 4 == 0)
    @rule(who=st.integers(0, 5), grace=st.sampled_from([0.0, 0.0, 1.0]))
    def left(self, who: int, grace: float) -> None:
        self.do("left", self.name(who), grace)

    @precondition(lambda self: len(self.flow.circle.present) < len(self.flow.circle.names) or self.flow._going)
    @rule(who=st.integers(0, 5))
    def back(self, who: int) -> None:
        self.do("back", self.name(who))

    @rule(seconds=st.sampled_from([0.0, 0.3, 0.3, 5.0, -3.0]))
    def wait(self, seconds: float) -> None:
        """Clocks may even go back."""
        self.now += seconds
        self.do("tick")

    @precondition(lambda self: len(self.events) > 30)
    @rule(cancel=st.booleans())
    def be_stopped_or_forgotten(self, cancel: bool) -> None:
        self.now += 0 if cancel else 100
        self.do("cancel" if cancel else "tick")

    @invariant()
    def one_floor_at_most_and_none_in_a_wait(self) -> None:
        flow = self.flow
        assert flow.floor is None or (flow.floor == self.holder and flow.circle.can_speak(flow.floor))
        assert flow.floor is None or flow.state not in WAITS
        assert not flow.ended or (flow.floor is None and not flow.waiting and not flow.tasks.unfinished())

    @invariant()
    def an_open_group_owes_something_by_a_deadline(self) -> None:
        flow = self.flow
        assert (flow.deadline is None) == flow.ended
        assert flow.ended or flow.floor is not None or flow.tasks.unfinished()
        assert bool(flow.waiting) == (not flow.ended and flow.state in WAITS)
        assert flow.waiting <= {task.task_id for task in flow.tasks.unfinished()}
        assert {task.assignee for task in flow.tasks.unfinished()} <= flow.circle.present

    @invariant()
    def turns_are_bounded(self) -> None:
        flow = self.flow
        assert self.moves == flow.turns <= flow.max_turns + 1
        assert flow.turns <= flow.max_turns or flow.status == "concluded"
        assert flow.floor is None or (flow.state is Phase.CONCLUSION) or flow.turns < flow.max_turns

    @invariant()
    def statuses_only_move_on(self) -> None:
        for task in self.flow.tasks:
            before = self.statuses.get(task.task_id, TaskStatus.TO_START)
            assert task.status is before or RANK.get(task.status, 2) > RANK.get(before, 2)
            assert (task.ended is not None) == task.status.ended
            self.statuses[task.task_id] = task.status

    def teardown(self) -> None:
        """Left to its deadlines alone, the group ends within a bounded time; and all of it can be replayed."""
        if not hasattr(self, "flow"):
            return
        speakers, unfinished = len(self.flow.circle.names), 50.0
        latest = max(self.now, self.flow._now) + unfinished + (speakers + 2) * self.flow.rules.turn_seconds
        while (deadline := self.flow.deadline) is not None:
            assert deadline <= latest
            self.now = deadline
            self.do("tick")
        assert self.flow.ended
        again = build(self.setting)
        assert [happen(again, event) for event in self.events] == self.outcomes  # check 9
        assert again.record() == self.flow.record()


TestSchedules = Schedules.TestCase
TestSchedules.settings = settings(max_examples=60, stateful_step_count=40)


@settings(max_examples=60)
@given(st.data())
def test_busy_groups_end_within_their_time_outs(data: st.DataObject) -> None:
    """Whoever has the floor makes some move after a while, or none; tasks take their time, fail, or never come back."""
    members = data.draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=6, unique=True))
    flow = build([members, data.draw(st.integers(1, 8)), 10.0, 3600.0])
    flow.start(None, 0.0)
    now, bound = 0.0, (8 + 1) * (6 * 10.0 + 20.0) + 20.0
    number = 0
    while not flow.ended:
        assert now <= bound, "it should have ended"
        number += 1
        todo = ["silence", *(["say"] if flow.floor else []), *(["task"] if flow.tasks.unfinished() else [])]
        match data.draw(st.sampled_from(todo)):
            case "say":
                assert flow.floor is not None
                kind = data.draw(st.sampled_from([Type.DISCUSSION, Type.SYNC_TASK, Type.ASYNC_TASK, Type.PAUSE]))
                to = data.draw(st.lists(st.sampled_from(members), max_size=2))
                message = Say(id=f"m{number}", sender=flow.floor, comm_id="g", type=kind, next_speaker=tuple(to))
                flow.say(message, now)
            case "task":
                task = data.draw(st.sampled_from(flow.tasks.unfinished()))
                if data.draw(st.booleans()):
                    flow.progress(task.task_id, task.assignee, now)
                else:
                    ends = st.sampled_from([TaskStatus.COMPLETED, TaskStatus.FAILED])
                    flow.result(task.task_id, task.assignee, data.draw(ends), None, "", now)
            case _:
                assert flow.deadline is not None
                now = flow.deadline
                flow.tick(now)
    assert flow.status in ("concluded", "deadlock")
