"""A group that tests drive by hand: who says what, what time it is, and all that came of it."""

from itertools import count
from typing import Any

from townsquare.protocols.ioa.cards import Card, Limits
from townsquare.protocols.ioa.effects import Assign, CancelTask, Effect, End, GiveFloor, Tell
from townsquare.protocols.ioa.flow import Flow
from townsquare.protocols.ioa.messages import Say
from townsquare.protocols.ioa.rules import Rules
from townsquare.protocols.ioa.vocabulary import TaskStatus, Type


def card(name: str, *, speaks: bool = True, seconds: float = 30.0) -> Card:
    """Names in capitals are of members that cannot speak, unless told otherwise."""
    return Card(name=name, speaks=speaks and not name.isupper(), limits=Limits(seconds=seconds))


class Table:
    """Turns take 10 s, tasks 30 s; nobody's clock moves but by ``at``."""

    def __init__(self, *names: str, max_turns: int = 20, first: str | None = None, start: bool = True, **rules: Any):
        numbers, self.messages = count(1), count(1)
        self.flow = Flow(
            "g",
            "a goal",
            [card(name) for name in names],
            rules=Rules(**{"turn_seconds": 10.0} | rules),
            max_turns=max_turns,
            team_up_depth=0,
            task_ids=lambda: f"t{next(numbers)}",
        )
        self.now = 0.0
        self.log: list[Effect] = []
        if start:
            self.note(self.flow.start(first, self.now))

    def note(self, effects: list[Effect]) -> list[Effect]:
        self.log += effects
        return effects

    def message(self, who: str, type: Type = Type.DISCUSSION, *next_speaker: str, **fields: Any) -> Say:
        number = next(self.messages)
        given = {"content": f"words {number}", "next_speaker": next_speaker} | fields
        return Say(id=f"{who}:1:{number}", sender=who, comm_id="g", type=type, **given)

    def say(self, who: str, type: Type = Type.DISCUSSION, *next_speaker: str, **fields: Any) -> list[Effect]:
        return self.note(self.flow.say(self.message(who, type, *next_speaker, **fields), self.now))

    def progress(self, task_id: str, who: str) -> list[Effect]:
        return self.note(self.flow.progress(task_id, who, self.now))

    def result(
        self, task_id: str, who: str, output: Any = "done", status: TaskStatus = TaskStatus.COMPLETED, error: str = ""
    ) -> list[Effect]:
        return self.note(self.flow.result(task_id, who, status, output, error, self.now))

    def left(self, who: str, grace: float = 0.0) -> list[Effect]:
        return self.note(self.flow.left(who, self.now, grace=grace))

    def back(self, who: str) -> list[Effect]:
        return self.note(self.flow.back(who, self.now))

    def at(self, now: float) -> list[Effect]:
        self.now = now
        return self.note(self.flow.tick(now))

    @property
    def floors(self) -> list[str]:
        """Everybody who was given the floor so far, in order."""
        return [effect.member for effect in self.log if isinstance(effect, GiveFloor)]

    @property
    def where(self) -> tuple[str, str | None]:
        """How the group ended, or its state; and who has the floor."""
        return (self.flow.status if self.flow.ended else str(self.flow.state)), self.flow.floor


def told(effects: list[Effect]) -> list[tuple[str, str]]:
    """Who said what kind of thing."""
    return [(effect.say.sender, str(effect.say.type)) for effect in effects if isinstance(effect, Tell)]


def floor(effects: list[Effect]) -> list[tuple[str, bool]]:
    """Who was given the floor, and whether only to conclude."""
    return [(effect.member, effect.must_conclude) for effect in effects if isinstance(effect, GiveFloor)]


def assigned(effects: list[Effect]) -> dict[str, str]:
    """Task to assignee."""
    return {effect.task.task_id: effect.task.assignee for effect in effects if isinstance(effect, Assign)}


def cancelled(effects: list[Effect]) -> list[str]:
    return [effect.task_id for effect in effects if isinstance(effect, CancelTask)]


def end(effects: list[Effect]) -> End | None:
    ends = [effect for effect in effects if isinstance(effect, End)]
    assert len(ends) <= 1
    assert not ends or effects[-1] is ends[0]
    return ends[0] if ends else None
