"""A person at a terminal as an agent: reads tasks, what a town shows, and what a group says, and answers."""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from townsquare.agents.joining.terminal import Terminal
from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.ioa.messages import Task

_LONGEST = 4_000
"""Letters of an input that are shown."""
_DECLINE = "-"


class Declined(TownsquareError):
    """The person does not want to, or the task is none that a person can read."""


class Person:
    """Does one thing at a time, in the order in which they came; whatever is called off meanwhile is said so.

    A task is shown as its words and its input, and answered in a line. A `decide` task of a town is shown agent by
    agent: numbered items to open and to like, or an invitation to write posts. `-` declines, Ctrl-D leaves.
    """

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.busy = asyncio.Lock()

    async def run(self, task: Task) -> Any:
        """What the person answers."""
        async with self.busy:
            self.terminal.forget()
            try:
                if isinstance(task.input, Mapping) and isinstance(task.input.get("rows"), list):
                    return await self._decide(task)
                return await self._answer(task)
            except asyncio.CancelledError:
                self.terminal.show("", "(too late: nobody waits for this any more)")
                raise

    async def _answer(self, task: Task) -> str:
        asker = f" from {task.assigner}" if task.assigner else ""
        limit = f" ({task.seconds:g} s)" if task.seconds else ""
        self.terminal.show("", f"Task{asker}{limit}:", *(f"  {line}" for line in task.description.splitlines()))
        if task.input is not None:
            text = task.input if isinstance(task.input, str) else json.dumps(task.input, ensure_ascii=False, indent=1)
            cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text) - _LONGEST:,} letters more)"
            self.terminal.show(*(f"  {line}" for line in cut.splitlines()))
        while True:
            said = (await self.terminal.ask(f"Your answer ({_DECLINE} declines): ")).strip()
            if said == _DECLINE:
                raise Declined("the person declined.")
            if said:
                return said

    async def _decide(self, task: Task) -> dict[str, Any]:
        actions: list[dict[str, Any]] = []
        try:
            for row in task.input["rows"]:
                if task.input["task"] == "create":
                    actions += await self._create(task.input, row)
                else:
                    actions += await self._read(task.input, row)
        except (KeyError, TypeError, AttributeError) as error:
            raise Declined(f"what the town shows cannot be read: {type(error).__name__}: {error}.") from error
        return {"actions": actions}

    async def _read(self, seen: Mapping[str, Any], row: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Which of the items it opens, and which of those it likes."""
        agent, items = row["agent"], [one for one in row["items"] if one]
        self.terminal.show("", f"Tick {seen['tick']}. You are {_who(seen, agent)}; before you:")
        for number, one in enumerate(items, start=1):
            self.terminal.show(f"{number:>4}. {one.get('text') or 'item ' + str(one['item'])}")
        opened = await self._numbers(
            "Open which? Numbers, or Enter for none: ", range(1, len(items) + 1), seen["limit"]
        )
        liked = await self._numbers("Like which of them? ", opened, len(opened)) if opened else []
        kinds = [("click", number) for number in opened] + [("like", number) for number in liked]
        return [{"agent": agent, "kind": kind, "item": items[number - 1]["item"]} for kind, number in kinds]

    async def _create(self, seen: Mapping[str, Any], row: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What it posts."""
        posts: list[dict[str, Any]] = []
        agent = row["agent"]
        self.terminal.show(
            "", f"Tick {seen['tick']}. You are {_who(seen, agent)}; you may write {seen['limit']} posts."
        )
        while len(posts) < seen["limit"]:
            title = (await self.terminal.ask("Title, or Enter to stop: ")).strip()
            if not title:
                break
            text = (await self.terminal.ask("Text, in a line: ")).strip()
            posts.append({"agent": agent, "kind": "post", "item": -1, "text": f"{title}\n{text}".strip()})
        return posts

    async def _numbers(self, prompt: str, allowed: Sequence[int], most: int) -> list[int]:
        """Different numbers out of ``allowed``, at most ``most``, in the order given; asked again until they are."""
        by_word = {str(number): number for number in allowed}
        while True:
            words = list(dict.fromkeys(re.findall(r"[^\s,;]+", await self.terminal.ask(prompt))))
            if len(words) <= most and all(word in by_word for word in words):
                return [by_word[word] for word in words]
            self.terminal.show(f"Please give at most {most} of {_span(allowed)}, or nothing.")


def _who(seen: Mapping[str, Any], agent: object) -> str:
    return f"agent {agent} of the {seen['group']}"


def _span(allowed: Sequence[int]) -> str:
    whole = isinstance(allowed, range) and len(allowed) > 2
    return f"{allowed[0]} to {allowed[-1]}" if whole else ", ".join(map(str, allowed)) or "nothing"
