"""Tasks and their statuses."""

from dataclasses import replace

import pytest

from townsquare.protocols.ioa.messages import Say, Usage
from townsquare.protocols.ioa.tasks import TaskRecord, Tasks, inform, result_of
from townsquare.protocols.ioa.vocabulary import TaskStatus, Type

ONE = TaskRecord("t1", "g", "look it up", "look", None, "ann", "A", True, 5.0)
START, PROGRESS, COMPLETED = TaskStatus.TO_START, TaskStatus.IN_PROGRESS, TaskStatus.COMPLETED


def opened(status: TaskStatus = START) -> Tasks:
    tasks = Tasks()
    tasks.open(ONE, now=0.0)
    if status is not START:
        tasks.move("t1", status)
    return tasks


def test_a_status_moves_on_and_keeps_what_came_with_it() -> None:
    tasks = opened()
    assert tasks.move("t1", PROGRESS).status is PROGRESS
    ended = tasks.move("t1", COMPLETED, output={"a": 1}, step=4)
    assert (ended.output, ended.ended, tasks["t1"]) == ({"a": 1}, 4, ended)
    assert ONE.status is START  # a record is never changed
    assert tasks.unfinished() == []


@pytest.mark.parametrize(
    ("before", "after"),
    [(start, end) for start in TaskStatus for end in TaskStatus if start.ended or end in (START, start)],
)
def test_a_status_never_moves_back(before: TaskStatus, after: TaskStatus) -> None:
    with pytest.raises(ValueError, match=f"is {before}"):
        opened(before).move("t1", after)


def test_an_id_is_used_once() -> None:
    with pytest.raises(ValueError, match="already"):
        opened().open(ONE, now=1.0)


def test_the_longest_overdue_first() -> None:
    tasks = opened()
    for task_id, seconds in (("t2", 3.0), ("t3", 3.0), ("t4", 9.0)):
        tasks.open(replace(ONE, task_id=task_id, seconds=seconds), now=0.0)
    assert tasks.due == 3.0
    assert [task.task_id for task in tasks.overdue(5.0)] == ["t2", "t3", "t1"]
    tasks.move("t2", COMPLETED)
    assert [task.task_id for task in tasks.overdue(4.9)] == ["t3"]
    assert [task.task_id for task in tasks] == ["t1", "t2", "t3", "t4"]
    assert Tasks().due is None


@pytest.mark.parametrize(
    ("status", "output", "error", "conclusion"),
    [
        (COMPLETED, "plain", "", "plain"),
        (COMPLETED, {"ä": [1]}, "", '{"ä": [1]}'),
        (COMPLETED, None, "", "null"),
        (TaskStatus.FAILED, None, "no page", "no page"),
        (TaskStatus.TIMED_OUT, None, "too slow", "too slow"),
    ],
)
def test_members_are_told_and_can_read_it(status: TaskStatus, output: object, error: str, conclusion: str) -> None:
    task = replace(ONE, status=status, output=output, error=error, usage=Usage(work=3))
    say = inform(task, "g:1")
    assert (say.sender, say.type, say.task_id, say.task_conclusion) == ("A", Type.TASK_RESULT, "t1", conclusion)
    result = result_of(say)
    assert result is not None
    assert (result.sender, result.task_id, result.status, result.output, result.error, result.usage) == (
        "A", "t1", status, output, error, Usage(work=3),
    )  # fmt: skip


def test_progress_is_no_result() -> None:
    say = inform(replace(ONE, status=PROGRESS), "g:1")
    assert (say.type, say.task_abstract, say.task_conclusion) == (Type.TASK_PROGRESS, "look", "")
    assert result_of(say) is None


def test_a_result_in_the_words_of_the_original() -> None:
    result = result_of(Say(id="1", sender="A", comm_id="g", type=Type.TASK_RESULT, task_id="t", task_conclusion="42"))
    assert result is not None
    assert (result.status, result.output) == (COMPLETED, "42")
