"""A chair by the book: hands out the work, waits for it, and sums up. No language model."""

import json
from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import Field

from townsquare.agents.speakers.plan import Step, able
from townsquare.protocols.ioa.conversation import Move, Turn
from townsquare.protocols.ioa.messages import Result
from townsquare.protocols.ioa.vocabulary import TaskStatus, Type
from townsquare.protocols.settings import Settings


class Chair:
    """A behavioural speaker (ours).

    Without a plan, all other members are given the goal at the same time. With one, each step goes to the first other
    member whose card names its capability; a step that nobody can do is told of in the conclusion. The conclusion holds
    what every task came to, in the order of the plan; the goal counts as reached however little that is. What is to be
    done next follows from what was said in the group, so one chair may lead any number of groups.
    """

    class Config(Settings):
        """How it leads."""

        waits: Literal["for each", "at the end"] = "for each"
        "for each: synchronous tasks, one step after another; at the end: asynchronous ones side by side, then a pause."
        task_seconds: float | None = Field(default=None, gt=0, le=86_400)
        "How long a task may take; by default what the assignee's card says."

    def __init__(self, config: Config | None = None, plan: Sequence[Step] = ()) -> None:
        self.config, self.plan = config or self.Config(), tuple(plan)

    async def speak(self, turn: Turn) -> Move:
        """The next thing that is due."""
        group = turn.conversation
        said = [say.type for say in group.said if say.sender == turn.me]
        work = list(self._work(turn))
        given = sum(type in (Type.SYNC_TASK, Type.ASYNC_TASK) for type in said)
        if given < len(work) and not turn.must_conclude:
            return work[given]
        if self.config.waits == "at the end" and work and Type.PAUSE not in said and not turn.must_conclude:
            return Move(Type.PAUSE, "I wait for what is still being done.")
        return Move(Type.CONCLUSION, self._conclusion(turn, work))

    def _work(self, turn: Turn) -> Iterator[Move]:
        """All assignments of this group, in order."""
        group = turn.conversation
        others = [card for card in group.members if card.name != turn.me]
        if not self.plan and others:
            yield self._assign(turn, 1, [card.name for card in others], group.goal, group.goal)
        steps = ((step, card) for step in self.plan if (card := able(step, others)) is not None)
        for number, (step, card) in enumerate(steps, 1):
            yield self._assign(turn, number, [card.name], step.task or group.goal, step.capability)

    def _assign(self, turn: Turn, number: int, names: Sequence[str], task: str, abstract: str) -> Move:
        group = turn.conversation
        sync = self.config.waits == "for each"
        before = {one.sender: one.output for one in group.results.values() if one.status is TaskStatus.COMPLETED}
        return Move(
            Type.SYNC_TASK if sync else Type.ASYNC_TASK,
            f"{', '.join(names)}: please do this.",
            next_speaker=tuple(names),
            task_id=f"{group.comm_id}:{turn.me}:{number}",
            task_desc=task,
            task_abstract=abstract[:200],
            task_input={"goal": group.goal, "results": before} if self.plan and sync else None,
            task_seconds=self.config.task_seconds,
        )

    def _conclusion(self, turn: Turn, work: Sequence[Move]) -> str:
        group = turn.conversation
        others = [card for card in group.members if card.name != turn.me]
        lines = [f"Nobody here can {step.capability}." for step in self.plan if able(step, others) is None]
        for move in work:
            names = move.next_speaker
            ids = [move.task_id] if len(names) == 1 else [f"{move.task_id}.{n}" for n in range(1, len(names) + 1)]
            lines += [f"{name}: {_words(group.results.get(task_id))}" for name, task_id in zip(names, ids, strict=True)]
        return "\n".join(lines) or "There was nobody to ask."


def _words(result: Result | None) -> str:
    if result is None:
        return "no result"
    if result.status is not TaskStatus.COMPLETED:
        return f"no result ({result.error or result.status})"
    return result.output if isinstance(result.output, str) else json.dumps(result.output, ensure_ascii=False)
