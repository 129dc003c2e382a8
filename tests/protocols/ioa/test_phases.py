"""The table of transitions, row by row, against the machine."""

import re
from collections.abc import Callable

import pytest

from tests.protocols.ioa.table import Table
from townsquare.protocols.ioa import phases
from townsquare.protocols.ioa.vocabulary import TaskStatus, Type

ROW = re.compile(r"^(\w+)  +(\S.*?)  +(\w+)  +(\S.*)$")


def rows() -> list[tuple[str, str, str, str]]:
    """All rows of the docstring's table but its head."""
    assert phases.__doc__ is not None
    body = re.split(r"^=+  =.*$", phases.__doc__, flags=re.MULTILINE)[2]
    found = [ROW.match(line) for line in body.strip().splitlines()]
    assert all(found)
    return [match.groups() for match in found if match]  # type: ignore[misc]


def discussion() -> Table:
    """Opened by ann; bob has the floor."""
    return Table("ann", "bob", "eve", "A", "B", first="bob", max_turns=9)


def unfinished() -> Table:
    table = discussion()
    table.say("bob", Type.ASYNC_TASK, "A", task_seconds=100)
    table.progress("t1", "A")
    return table


def last_turn() -> Table:
    return Table("ann", "bob", "eve", "A", "B", first="bob", max_turns=1)


def assigned(type: Type, *to: str) -> Callable[[], Table]:
    def made() -> Table:
        table = discussion()
        table.say("bob", type, *to, task_seconds=100)
        return table

    return made


def paused(*to: str) -> Callable[[], Table]:
    def made() -> Table:
        table = assigned(Type.ASYNC_TASK, *to)()
        for n, name in enumerate(to, 1):
            table.progress(f"t{n}", name)
        table.say("bob", Type.PAUSE)
        return table

    return made


def conclusion() -> Table:
    table = discussion()
    table.say("bob", Type.CONCLUDE)
    return table


def alone() -> Table:
    return Table("bob")


def last_silent() -> Table:
    table = discussion()
    table.at(10)
    table.at(20)
    return table


EVENTS: dict[tuple[str, str], tuple[Callable[[], Table], Callable[[Table], object], str | None]] = {
    ("discussion", "discussion is said"): (discussion, lambda t: t.say("bob", Type.DISCUSSION, "eve"), "eve"),
    ("discussion", "nobody able is named"): (discussion, lambda t: t.say("bob", Type.DISCUSSION, "A"), "ann"),
    ("discussion", "sync_task_assign is said"): (discussion, lambda t: t.say("bob", Type.SYNC_TASK, "A"), None),
    ("discussion", "async_task_assign is said"): (discussion, lambda t: t.say("bob", Type.ASYNC_TASK, "A"), None),
    ("discussion", "work for nobody known is assigned"): (
        discussion, lambda t: t.say("bob", Type.SYNC_TASK, "zoe"), "bob",
    ),
    ("discussion", "pause is said, tasks are unfinished"): (unfinished, lambda t: t.say("bob", Type.PAUSE), None),
    ("discussion", "pause is said, none is unfinished"): (discussion, lambda t: t.say("bob", Type.PAUSE), "bob"),
    ("discussion", "conclude_group_discussion is said"): (discussion, lambda t: t.say("bob", Type.CONCLUDE), "bob"),
    ("discussion", "conclusion is said"): (discussion, lambda t: t.say("bob", Type.CONCLUSION), None),
    ("discussion", "the last turn is taken"): (last_turn, lambda t: t.say("bob", Type.DISCUSSION, "eve"), "eve"),
    ("discussion", "the speaker is silent too long"): (discussion, lambda t: t.at(10), "ann"),
    ("discussion", "the speaker leaves"): (discussion, lambda t: t.left("bob"), "ann"),
    ("discussion", "a result arrives"): (unfinished, lambda t: t.result("t1", "A"), "bob"),
    ("discussion", "the last speaker is silent too long"): (last_silent, lambda t: t.at(30), None),
    ("sync", "a result arrives, more are missing"): (
        assigned(Type.SYNC_TASK, "A", "B"), lambda t: t.result("t1", "A"), None,
    ),
    ("sync", "the last result arrives"): (assigned(Type.SYNC_TASK, "A"), lambda t: t.result("t1", "A"), "bob"),
    ("sync", "the last task times out"): (assigned(Type.SYNC_TASK, "A"), lambda t: t.at(100), "bob"),
    ("sync", "the last assignee leaves"): (assigned(Type.SYNC_TASK, "A"), lambda t: t.left("A"), "bob"),
    ("async", "progress arrives, more is missing"): (
        assigned(Type.ASYNC_TASK, "A", "B"), lambda t: t.progress("t1", "A"), None,
    ),
    ("async", "the last progress arrives"): (assigned(Type.ASYNC_TASK, "A"), lambda t: t.progress("t1", "A"), "bob"),
    ("async", "a turn's time goes by"): (assigned(Type.ASYNC_TASK, "A"), lambda t: t.at(10), "bob"),
    ("paused", "a trigger ends, others are left"): (paused("A", "B"), lambda t: t.result("t2", "B"), None),
    ("paused", "the last trigger ends"): (
        paused("A"), lambda t: t.result("t1", "A", None, TaskStatus.FAILED, "no"), "bob",
    ),
    ("paused", "the last trigger times out"): (paused("A"), lambda t: t.at(100), "bob"),
    ("paused", "the last trigger's assignee leaves"): (paused("A"), lambda t: t.left("A"), "bob"),
    ("conclusion", "anything is said"): (conclusion, lambda t: t.say("bob", Type.ASYNC_TASK, "A"), None),
    ("conclusion", "the speaker is silent too long"): (conclusion, lambda t: t.at(10), "ann"),
    ("any", "the last member leaves"): (alone, lambda t: t.left("bob"), None),
    ("any", "it is cancelled"): (paused("A"), lambda t: t.flow.cancel("stop", 0), None),
}  # fmt: skip
WORDS = {
    None: "nobody",
    "ann": "the opener",
    "eve": "the member named",
    "bob": "the speaker|the assigner|the pauser|whoever has it",
}


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row[0]}: {row[1]}")
def test_row(row: tuple[str, str, str, str]) -> None:
    before, event, after, floor = row
    make, happen, holder = EVENTS[before, event]
    table = make()
    assert before in ("any", table.where[0])
    happen(table)
    assert table.where == (after, holder)
    assert re.match(WORDS[holder], floor)


def test_the_table_is_all_that_is_tried() -> None:
    assert {(before, event) for before, event, _, _ in rows()} == EVENTS.keys()
    assert {before for before, _, _, _ in rows()} == {*phases.Phase, "any"}
