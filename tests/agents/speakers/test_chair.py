"""The chair by the book, through the real state machine."""

import pytest

from tests.agents.speakers.loop import Held
from townsquare.agents.speakers.chair import Chair
from townsquare.agents.speakers.plan import Step
from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.tasks import TaskRecord

CHAIR = Card(name="chair", speaks=True)
FIND = Card(name="finder", capabilities=("Find articles",))
READ = Card(name="reader", capabilities=("read", "summarise"))
PLAN = (Step(capability="find articles", task="find some"), Step(capability="fly"), Step(capability="read"))


def echo(task: TaskRecord) -> str:
    return f"{task.description}: done by {task.assignee}"


def fails(task: TaskRecord) -> str:
    raise ValueError("no such page")


async def test_without_a_plan_everybody_gets_the_goal() -> None:
    held = await Held([CHAIR, FIND, READ], {"chair": Chair()}, {"finder": echo, "reader": echo}).run()
    assert held.flow.status == "concluded"
    assert held.flow.conclusion == "finder: find out: done by finder\nreader: find out: done by reader"
    moves = [kind for who, kind in held.spoken if who == "chair"]
    assert moves == ["sync_task_assign", "conclusion"]
    assert held.refused == []


@pytest.mark.parametrize("waits", ["for each", "at the end"])
async def test_a_plan_step_by_step(waits: str) -> None:
    seen: list[TaskRecord] = []

    def look(task: TaskRecord) -> dict[str, int]:
        seen.append(task)
        return {"found": len(seen)}

    chair = Chair(Chair.Config.model_validate({"waits": waits, "task_seconds": 9}), PLAN)
    held = await Held([CHAIR, READ, FIND], {"chair": chair}, {"finder": look, "reader": look}).run()
    assert held.flow.conclusion == 'Nobody here can fly.\nfinder: {"found": 1}\nreader: {"found": 2}'
    assert [(task.assignee, task.description, task.seconds) for task in seen] == [
        ("finder", "find some", 9), ("reader", "find out", 9),
    ]  # fmt: skip
    moves = [kind for who, kind in held.spoken if who == "chair"]
    if waits == "for each":
        assert moves == ["sync_task_assign", "sync_task_assign", "conclusion"]
        assert seen[1].input == {"goal": "find out", "results": {"finder": {"found": 1}}}
    else:
        assert moves == ["async_task_assign", "async_task_assign", "pause", "conclusion"]
        assert held.flow.state == "conclusion"
        assert {"async", "paused"} <= set(held.states)


async def test_what_failed_is_said() -> None:
    held = await Held([CHAIR, FIND, READ], {"chair": Chair()}, {"finder": fails, "reader": echo}).run()
    assert held.flow.conclusion.startswith("finder: no result (no such page)\nreader: find out")


async def test_alone() -> None:
    held = await Held([CHAIR], {"chair": Chair()}, {}).run()
    assert (held.flow.status, held.flow.conclusion) == ("concluded", "There was nobody to ask.")


async def test_no_time_for_all_of_the_plan() -> None:
    plan = (Step(capability="read"),) * 5
    held = await Held([CHAIR, READ], {"chair": Chair(plan=plan)}, {"reader": echo}, max_turns=2).run()
    assert held.flow.conclusion.splitlines() == ["reader: find out: done by reader"] * 2 + ["reader: no result"] * 3


async def test_one_chair_leads_many_groups() -> None:
    chair = Chair()
    for _ in range(2):
        held = await Held([CHAIR, READ], {"chair": chair}, {"reader": echo}).run()
        assert held.flow.conclusion == "reader: find out: done by reader"
