"""Where an agent works: its tasks, as many at a time as its card says, each done once."""

import asyncio
from collections import OrderedDict
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.conversation import Agent
from townsquare.protocols.ioa.messages import Progress, Result, Task, Usage, encode
from townsquare.protocols.ioa.uplink import Refusal, Uplink
from townsquare.protocols.ioa.vocabulary import TaskStatus

KEPT = 1_024
"""Results that are kept, the latest, for those who ask again."""


class Bench:
    """Takes tasks, says when one begins, and sends what came of it. No task can harm another, or the host."""

    def __init__(self, card: Card, agent: Agent | None, uplink: Uplink) -> None:
        self.card, self.agent, self._up = card, agent, uplink
        self._places = asyncio.Semaphore(card.limits.parallel)
        self._working: dict[str, asyncio.Task[None]] = {}
        self._done: OrderedDict[str, Result] = OrderedDict()

    def take(self, task: Task) -> None:
        """Begin, or wait for a place; a task that was done before gets the result that it had."""
        if task.task_id in self._working:
            return
        kept = self._done.get(task.task_id)
        work = self._work(task) if kept is None else self._repeat(kept, task)
        one = asyncio.get_running_loop().create_task(work)
        self._working[task.task_id] = one
        one.add_done_callback(lambda _: self._working.pop(task.task_id, None))

    def cancel(self, task_id: str) -> None:
        """Nobody waits for it any more; nothing is sent."""
        if task_id in self._working:
            self._working[task_id].cancel()

    async def close(self) -> None:
        """Drop everything."""
        working = list(self._working.values())
        for one in working:
            one.cancel()
        await asyncio.gather(*working, return_exceptions=True)

    async def _repeat(self, kept: Result, task: Task) -> None:
        again = {"task_id": kept.task_id, "status": kept.status, "output": kept.output, "error": kept.error}
        await self._up.send(self._message(Result, task, **again))

    async def _work(self, task: Task) -> None:
        async with self._places:
            await self._up.send(self._message(Progress, task, task_id=task.task_id))
            result = await self._result(task)
        self._done[task.task_id] = result
        if len(self._done) > KEPT:
            self._done.popitem(last=False)
        try:
            await self._up.send(result)
        except Refusal as refusal:  # too large, or too deep
            await self._up.send(self._failed(task, str(refusal)))

    async def _result(self, task: Task) -> Result:
        """What came of it, whatever the agent does."""
        seconds = task.seconds or self.card.limits.seconds
        if self.agent is None:
            return self._failed(task, f"{self.card.name} takes no tasks")
        limit = asyncio.timeout(seconds)
        try:
            async with limit:
                output, usage = await self._run(self.agent, task)
            result = self._message(Result, task, task_id=task.task_id, output=output, usage=usage)
            encode(result)  # an output that is no JSON is told of here
        except (ValidationError, PydanticSerializationError) as error:
            return self._failed(task, f"the output is no JSON: {str(error).splitlines()[0]}")
        except SystemExit as error:  # it is the task that ends, not the host with all its agents
            return self._failed(task, f"SystemExit: {error}")
        except Exception as error:
            if limit.expired():
                return self._failed(task, f"not done within {seconds:g} s", TaskStatus.TIMED_OUT)
            return self._failed(task, str(error) or type(error).__name__)
        return result

    async def _run(self, agent: Agent, task: Task) -> tuple[Any, Usage | None]:
        spent = getattr(agent, "spent", None)
        if spent is not None:
            output, usage = await spent(task)
            return output, usage
        return await agent.run(task), None

    def _failed(self, task: Task, error: str, status: TaskStatus = TaskStatus.FAILED) -> Result:
        return self._message(Result, task, task_id=task.task_id, status=status, error=error[:8_000])

    def _message(self, kind: type[Any], task: Task, **fields: Any) -> Any:
        return self._up.message(kind, self.card.name, reply_to=task.id, trace=task.trace, **fields)
