"""How the desk leads a group, move by move."""

from typing import Any

import pytest

from townsquare.agents.roles.desk import Case, Desk
from townsquare.protocols.ioa.host import Conversation, Move, Turn
from townsquare.protocols.ioa.messages import Result
from townsquare.protocols.ioa.vocabulary import TaskStatus, Type

POST = {"id": 3, "text": "5 came to a fair | sport"}
OTHERS = [{"id": n, "text": f"7 came to a fair | {n}"} for n in (4, 5, 6)]
READ = [{"id": n, "figure": 7, "about": "... came to a fair"} for n in (4, 5, 6)]
FALSE = {"verdict": "false", "score": 1.0, "why": "all others say 7"}


def case() -> Case:
    return Case(POST, [POST, *OTHERS], 3, "finder", ("ann", "bob"), "judge", 9.0, tick=2)


class Group:
    """A group in which everybody delivers what the test says."""

    def __init__(self, one: Case) -> None:
        self.desk, self.conversation = Desk(), Conversation("g", "goal", (), 32, 0)
        self.desk.case = one

    async def floor(self, *, must_conclude: bool = False) -> Move:
        turn = Turn("desk", self.conversation, must_conclude, 0, None)  # type: ignore[arg-type]
        return await self.desk.speak(turn)

    def deliver(self, task: str, output: Any, sender: str = "ann", status: TaskStatus = TaskStatus.COMPLETED) -> None:
        error = "" if status is TaskStatus.COMPLETED else "left"
        self.conversation.results[task] = Result(
            id=f"{sender}:1:{len(self.conversation.results)}", sender=sender, task_id=task, status=status,
            output=output, error=error,
        )  # fmt: skip


async def test_all_five_states_and_a_verdict() -> None:
    one = case()
    group = Group(one)
    first = await group.floor()
    assert (first.type, first.next_speaker, first.task_seconds) == (Type.SYNC_TASK, ("finder",), 9.0)
    assert first.task_input["archive"] == [POST, *OTHERS]
    group.deliver(first.task_id, {"found": OTHERS}, "finder")
    ann, bob = await group.floor(), await group.floor()
    assert [move.type for move in (ann, bob)] == [Type.ASYNC_TASK] * 2
    assert [move.next_speaker for move in (ann, bob)] == [("ann",), ("bob",)]
    assert [[d["id"] for d in move.task_input["documents"]] for move in (ann, bob)] == [[4, 6], [5]]
    pause = await group.floor()
    assert (pause.type, pause.triggers) == (Type.PAUSE, (ann.task_id, bob.task_id))
    group.deliver(bob.task_id, {"read": READ[1:2]}, "bob")
    group.deliver(ann.task_id, {"read": [READ[0], READ[2]]}, "ann")
    judge = await group.floor()
    assert (judge.type, judge.next_speaker) == (Type.SYNC_TASK, ("judge",))
    assert judge.task_input["statement"] == {"figure": 5, "about": "... came to a fair"}
    assert len(judge.task_input["evidence"]) == 3
    assert judge.task_input["tick"] == 2
    group.deliver(judge.task_id, FALSE, "judge")
    assert (await group.floor()).type is Type.CONCLUDE
    last = await group.floor(must_conclude=True)
    assert (last.type, last.content) == (Type.CONCLUSION, "false: all others say 7")
    assert (one.verdict, one.score, one.why) == ("false", 1.0, "all others say 7")
    assert [row["kind"] for row in one.minutes.rows] == [
        "say", "task", "result", "say", "task", "say", "task", "say", "result", "result", "say", "task", "result",
        "say", "say",
    ]  # fmt: skip
    assert [row["sender"] for row in one.minutes.rows if row["kind"] == "result"] == ["finder", "ann", "bob", "judge"]


async def test_whoever_fails_leaves_the_case_undecided() -> None:
    one = case()
    group = Group(one)
    group.deliver((await group.floor()).task_id, None, "finder", TaskStatus.FAILED)
    move = await group.floor()
    assert move.type is Type.CONCLUDE
    assert (await group.floor()).content == "undecided: finder did not deliver: left"
    assert one.verdict == "undecided"


@pytest.mark.parametrize("found", [None, {}, {"found": 3}, {"found": [{"text": "no id"}]}, {"found": [[]]}, "text"])
async def test_what_makes_no_sense_leaves_the_case_undecided(found: Any) -> None:
    one = case()
    group = Group(one)
    group.deliver((await group.floor()).task_id, found, "finder")
    assert (await group.floor()).type is Type.CONCLUDE
    assert (await group.floor()).content == "undecided: what finder delivered makes no sense"
    assert one.verdict == "undecided"


@pytest.mark.parametrize(
    "said", [{}, {**FALSE, "verdict": "maybe"}, {**FALSE, "score": 7}, {**FALSE, "score": "nan"}, [FALSE], None]
)
async def test_what_is_no_verdict_is_none(said: Any) -> None:
    one = case()
    group = Group(one)
    group.deliver((await group.floor()).task_id, {"found": []}, "finder")
    for _ in range(2):
        group.deliver((await group.floor()).task_id, {"read": []})
    assert (await group.floor()).type is Type.PAUSE
    group.deliver((await group.floor()).task_id, said, "judge")
    assert (await group.floor()).type is Type.CONCLUDE
    assert (one.verdict, one.score) == ("undecided", 0.5)


async def test_out_of_time() -> None:
    one = case()
    assert (await Group(one).floor(must_conclude=True)).type is Type.CONCLUSION
    assert one.verdict == "undecided"
