"""A person as an agent: what is shown, what is understood, and what is asked again. The person is a list of lines."""

import asyncio
from typing import Any

import pytest

from tests.agents.joining.tasks import task
from townsquare.agents.joining.person import Declined, Person
from townsquare.agents.joining.terminal import PersonLeft, Terminal
from townsquare.agents.prompts.quoting import clean


class Typed(Terminal):
    """Answers with ``lines``, one by one; then the person leaves. Notes what is shown."""

    def __init__(self, *lines: str) -> None:
        super().__init__()
        self.lines, self.shown = list(lines), []  # type: ignore[var-annotated]

    def show(self, *lines: str) -> None:
        self.shown += [clean(line) for line in lines]

    async def ask(self, prompt: str) -> str:
        self.shown.append(prompt)
        if not self.lines:
            raise PersonLeft("the person has left.")
        return self.lines.pop(0)


READ = {
    "tick": 3,
    "group": "panel",
    "task": "read",
    "limit": 2,
    "rows": [
        {
            "agent": 17,
            "items": [
                {"item": 311, "text": "Rain"},
                None,
                {"item": 12, "text": "Snow\x1b[2J"},
                {"item": 5, "text": ""},
            ],
        }
    ],
    "elsewhere": [],
}


async def test_a_task_is_read_and_answered() -> None:
    terminal = Typed("", " news ")
    assert await Person(terminal).run(task("News or\nopinion?", {"a": 1}, assigner="bob", seconds=30)) == "news"
    assert "Task from bob (30 s):" in terminal.shown
    assert "News or" in terminal.shown
    assert '"a": 1' in terminal.shown


async def test_a_dash_declines_and_the_end_of_input_leaves() -> None:
    with pytest.raises(Declined):
        await Person(Typed("-")).run(task("Well?"))
    with pytest.raises(PersonLeft):
        await Person(Typed()).run(task("Well?"))


async def test_items_are_opened_and_liked_by_number() -> None:
    terminal = Typed("2 1", "2")
    found = await Person(terminal).run(task("Decide.", READ, capability="decide"))
    assert found == {
        "actions": [
            {"agent": 17, "kind": "click", "item": 12},
            {"agent": 17, "kind": "click", "item": 311},
            {"agent": 17, "kind": "like", "item": 12},
        ]
    }
    assert "1. Rain" in terminal.shown
    assert "2. Snow [2J" in terminal.shown
    assert "3. item 5" in terminal.shown


@pytest.mark.parametrize("wrong", ["4", "1 2 3", "one", "0", "-1", "1.5", "99999999999999999999"])
async def test_other_numbers_are_asked_again(wrong: str) -> None:
    terminal = Typed(wrong, "")
    assert await Person(terminal).run(task("Decide.", READ)) == {"actions": []}
    assert "Please give at most 2 of 1 to 3, or nothing." in terminal.shown


async def test_only_what_was_opened_is_liked() -> None:
    terminal = Typed("3,3", "1", "3")
    found = await Person(terminal).run(task("Decide.", READ))
    assert [(one["kind"], one["item"]) for one in found["actions"]] == [("click", 5), ("like", 5)]
    assert "Please give at most 1 of 3, or nothing." in terminal.shown


async def test_posts_are_written() -> None:
    seen = {**READ, "task": "create", "rows": [{"agent": 4, "items": []}]}
    found = await Person(Typed("A title", "And a text.", "")).run(task("Decide.", seen))
    assert found == {"actions": [{"agent": 4, "kind": "post", "item": -1, "text": "A title\nAnd a text."}]}


async def test_what_cannot_be_read_is_declined() -> None:
    with pytest.raises(Declined, match="cannot be read"):
        await Person(Typed()).run(task("Decide.", {"rows": [{"agent": 1}]}))


async def test_one_thing_at_a_time_and_too_late_is_said() -> None:
    class Slow(Typed):
        async def ask(self, prompt: str) -> str:
            await asyncio.sleep(3600 if self.lines[0] == "wait" else 0)
            return await super().ask(prompt)

    terminal = Slow("wait", "yes")
    person = Person(terminal)
    first: asyncio.Task[Any] = asyncio.create_task(person.run(task("First?")))
    second: asyncio.Task[Any] = asyncio.create_task(person.run(task("Second?")))
    await asyncio.sleep(0.01)
    assert "Second?" not in terminal.shown
    terminal.lines.pop(0)
    first.cancel()
    assert await second == "yes"
    assert "(too late: nobody waits for this any more)" in terminal.shown
