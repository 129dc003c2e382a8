"""Results of tasks that have ended, for those who ask again."""

from collections import OrderedDict
from dataclasses import dataclass

from townsquare.protocols.ioa.guard import Repeated
from townsquare.protocols.ioa.messages import Result
from townsquare.protocols.ioa.rules import OutOfTurn
from townsquare.protocols.ioa.vocabulary import Code, TaskStatus

KEPT, KEPT_BYTES = 10_000, 64 * 2**20
"""The latest so many, and their bytes together."""


@dataclass(frozen=True, slots=True)
class Done:
    """One task that has ended."""

    assigner: str
    assignee: str
    result: Result
    size: int
    """Bytes of the result."""


class Results:
    """The latest, by task."""

    def __init__(self) -> None:
        self._done: OrderedDict[str, Done] = OrderedDict()
        self._bytes = 0

    def __contains__(self, task_id: object) -> bool:
        return task_id in self._done

    def get(self, task_id: str) -> Done | None:
        """None for one that is not known (any more)."""
        return self._done.get(task_id)

    def keep(self, task_id: str, done: Done) -> None:
        """Add one, and let the oldest go where there are too many."""
        self._done[task_id] = done
        self._bytes += done.size
        while len(self._done) > KEPT or self._bytes > KEPT_BYTES:
            self._bytes -= self._done.popitem(last=False)[1].size

    def explain(self, task_id: str, sender: str) -> OutOfTurn:
        """Why ``sender`` cannot say anything about a task that is not under way."""
        done = self._done.get(task_id)
        if done is None or sender not in (done.assignee, done.assigner):
            return OutOfTurn(Code.UNKNOWN, f"{sender} has no task {task_id!r}")
        said = f"task {task_id!r} is {done.result.status} already"
        given_up = done.result.status in (TaskStatus.TIMED_OUT, TaskStatus.CANCELLED)
        return OutOfTurn(Code.LATE, said) if given_up else Repeated(said)
