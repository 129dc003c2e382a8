"""An agent whose owner is told what it does."""

import asyncio
from collections.abc import Callable
from typing import Any

from townsquare.agents.prompts.quoting import clean
from townsquare.protocols.ioa.conversation import Move, Turn
from townsquare.protocols.ioa.messages import Task, Usage

_SHOWN = 60
"""Letters of a task or a result that are told."""


class Narrated:
    """Does what ``agent`` does, and says a line when a task comes and a line when it is done."""

    def __init__(self, agent: Any, name: str, say: Callable[[str], None]) -> None:
        self.agent, self.name, self.say = agent, name, say
        self.done = 0
        """Tasks that were completed."""

    async def run(self, task: Task) -> Any:
        """As the agent; what it raises is said and raised on."""
        found, _ = await self.spent(task)
        return found

    async def spent(self, task: Task) -> tuple[Any, Usage | None]:
        """The same, and what it cost, where the agent knows."""
        began = asyncio.get_running_loop().time()
        asked = f" by {task.assigner}" if task.assigner else ""
        what = short(task.description or task.capability or task.task_id)
        try:
            if hasattr(self.agent, "spent"):
                found, usage = await self.agent.spent(task)
            else:
                found, usage = await self.agent.run(task), None
        except asyncio.CancelledError:
            self.say(f"{self.name}: asked{asked}: {what}: called off")
            raise
        except (Exception, SystemExit) as error:
            self.say(f"{self.name}: asked{asked}: {what}: failed: {short(str(error)) or type(error).__name__}")
            raise
        took = asyncio.get_running_loop().time() - began
        self.say(f"{self.name}: asked{asked}: {what}: done in {took:.1f} s")
        self.done += 1
        return found, usage


class NarratedSpeaker(Narrated):
    """The same for one that takes the floor in groups."""

    async def speak(self, turn: Turn) -> Move:
        """As the agent."""
        move: Move = await self.agent.speak(turn)
        self.say(f"{self.name}: says in {turn.conversation.comm_id}: {short(move.content) or move.type}")
        return move


def short(text: str) -> str:
    """``text`` on one line, without what a terminal would act upon, and not too long."""
    line = clean(text)
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
