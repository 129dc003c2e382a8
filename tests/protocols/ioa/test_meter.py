"""Check 10: talking and working are metered apart, and what was said twice shows."""

import pytest

from townsquare.protocols.ioa.messages import Result, Say, Task, Usage
from townsquare.protocols.ioa.meter import Meter, Spent
from townsquare.protocols.ioa.tasks import TaskRecord, inform
from townsquare.protocols.ioa.vocabulary import TaskStatus

FREE = Usage()


def say(who: str, content: str, comm_id: str = "g", usage: Usage | None = FREE) -> Say:
    return Say(id="1", sender=who, comm_id=comm_id, content=content, usage=usage)


def test_check_10_communication_and_work_apart_per_agent_group_and_all() -> None:
    meter = Meter()
    meter.count(say("ann", "do it", usage=Usage(communication=100)))
    meter.count(say("ben", "no", "h", usage=Usage(communication=7, work=1)))
    meter.count(Result(id="2", sender="ben", task_id="t", usage=Usage(work=40, communication=2)), "g")
    meter.count(Result(id="3", sender="ben", task_id="u", usage=Usage(work=5)))
    meter.count(Task(id="4", sender="ann", task_id="v"))  # cost nothing, and is no talk
    found = {name: (spent.communication, spent.work) for name, spent in (
        ("all", meter.total), ("ann", meter.agent("ann")), ("ben", meter.agent("ben")), ("g", meter.group("g")),
        ("h", meter.group("h")), ("zoe", meter.agent("zoe")),
    )}  # fmt: skip
    assert found == {"all": (109, 46), "ann": (100, 0), "ben": (9, 46), "g": (102, 40), "h": (7, 1), "zoe": (0, 0)}
    assert [(group, name, spent.work) for group, name, spent in meter.rows()] == [
        ("", "ben", 5), ("g", "ann", 0), ("g", "ben", 40), ("h", "ben", 1),
    ]  # fmt: skip
    assert meter.total.messages == 4


def test_who_reports_nothing_is_estimated_and_that_is_said() -> None:
    meter = Meter()
    meter.count(say("ann", "x" * 40, usage=None))
    assert meter.total == Spent(messages=1, communication=10, estimated=10, words=1)


@pytest.mark.parametrize(
    ("texts", "words", "repeated"),
    [
        (["the tram bridge opens on monday at ten"] * 2, 16, 8),
        (["the tram bridge opens on monday", "We heard THE TRAM  bridge opens on friday"], 14, 5),
        (["ok then", "ok then", "ok"], 5, 2),
        (["one two three four five six seven", "one two three four six seven"], 13, 0),
        (["", ""], 0, 0),
        (["a a a a a a a"], 7, 0),  # a text is compared with what was said before it
    ],
)
def test_check_10_what_was_said_before_in_the_group(texts: list[str], words: int, repeated: int) -> None:
    meter = Meter()
    for text in texts:
        meter.count(say("ann", text))
    assert (meter.total.words, meter.total.repeated) == (words, repeated)
    assert meter.group("g").duplicated == (repeated / words if words else 0)


def test_repetition_is_a_matter_of_one_group() -> None:
    meter = Meter()
    for comm_id in ("g", "h"):
        meter.count(say("ann", "the tram bridge opens on monday", comm_id))
    assert meter.total.repeated == 0
    meter.close("g")
    meter.count(say("ann", "the tram bridge opens on monday", "g"))
    assert (meter.total.repeated, meter.group("g").words) == (0, 12)


def test_what_the_server_says_of_tasks_is_no_talk() -> None:
    meter = Meter()
    task = TaskRecord(
        "t", "g", "", "", None, "ann", "A", True, 5.0, TaskStatus.COMPLETED, "a long answer", usage=Usage(work=9)
    )
    meter.count(inform(task, "g:1"))
    assert meter.total == Spent()
