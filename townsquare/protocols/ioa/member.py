"""An agent that joined: its voice, and what it is told."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from townsquare.protocols.errors import InputError
from townsquare.protocols.ioa.bench import Bench
from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.conversation import Agent, Conversation, Speaker, Turn
from townsquare.protocols.ioa.messages import (
    Cancel,
    Discover,
    Ended,
    Floor,
    Found,
    Header,
    Joined,
    Launch,
    Launched,
    Lookup,
    Match,
    Message,
    Refused,
    Result,
    Say,
    Task,
)
from townsquare.protocols.ioa.unfinished import KILLED, over
from townsquare.protocols.ioa.uplink import Refusal, Uplink
from townsquare.protocols.ioa.vocabulary import Code, TaskStatus

_GROUPS = 1_000
"""Groups that are remembered after their end, the latest."""
_GRACE = 1.0
"""Seconds that the server has to say that a task's time is over, before we say so ourselves."""
_log = logging.getLogger(__name__)


class Member:
    """What an agent can do once it has joined; ``host.join`` makes one.

    All questions wait until the server answers, however long the broker is away; use ``asyncio.timeout`` where that is
    too long. What the server refuses raises Refusal, with its reason.
    """

    def __init__(self, card: Card, agent: Agent | None, uplink: Uplink) -> None:
        self.card, self.agent = card, agent
        self.conversations: OrderedDict[str, Conversation] = OrderedDict()
        """Groups, by id."""
        self._up = uplink
        self._bench = Bench(card, agent, uplink)
        self._news = asyncio.Condition()
        """Something happened in a group."""
        self._results: dict[str, asyncio.Future[Result]] = {}
        self._turns: set[asyncio.Task[None]] = set()
        self._speaking: dict[str, asyncio.Task[None]] = {}
        """By group, whoever last had the floor here."""
        self._servers = 0
        """How many have come and gone."""

    @property
    def max_bytes(self) -> int:
        """The largest message that the server takes."""
        return self._up.max_bytes

    async def discover(self, queries: Sequence[str], top: int = 3) -> tuple[tuple[Match, ...], ...]:
        """Who fits each of ``queries``, best first."""
        found = await self._ask(self._message(Discover, queries=tuple(queries), top=top), Found)
        return found.matches

    async def lookup(self, names: Sequence[str] = ()) -> tuple[Match, ...]:
        """The cards of ``names``, of everybody without any; unknown names are left out."""
        found = await self._ask(self._message(Lookup, names=tuple(names)), Found)
        return found.matches[0] if found.matches else ()

    async def assign(
        self,
        to: str,
        description: str = "",
        *,
        capability: str = "",
        input: Any = None,
        seconds: float | None = None,
        task_id: str | None = None,
    ) -> Result:
        """What came of a task for another agent.

        Never raises for what goes wrong there: a task that failed, was refused, or is not done in time is a result
        whose status and error say so. A ``task_id`` that was used before gives the result that it had then.
        """
        task = self._message(
            Task,
            to=to,
            task_id=task_id or "new",
            description=description,
            capability=capability,
            input=input,
            seconds=seconds,
        )
        task = task if task_id else task.model_copy(update={"task_id": task.id})
        waits = self._results.setdefault(task.task_id, asyncio.get_running_loop().create_future())
        try:
            async with asyncio.timeout(None if seconds is None else seconds + _GRACE):
                return await self._answered(task, waits)
        except TimeoutError:
            error = f"nothing was heard from {to!r} within {seconds:g} s"
            return self._message(
                Result, task_id=task.task_id, status=TaskStatus.TIMED_OUT, error=error, reply_to=task.id
            )
        except Refusal as refusal:
            return self._message(
                Result, task_id=task.task_id, status=TaskStatus.FAILED, error=str(refusal)[:8_000], reply_to=task.id
            )
        finally:
            self._results.pop(task.task_id, None)

    async def launch(
        self,
        goal: str,
        members: Sequence[str],
        *,
        team_up_depth: int | None = None,
        max_turns: int | None = None,
        parent: str | None = None,
    ) -> Conversation:
        """Open a group with ``members``; back as soon as it is open."""
        message = self._message(
            Launch, goal=goal, members=tuple(members), team_up_depth=team_up_depth, max_turns=max_turns, parent=parent
        )
        launched = await self._ask(message, Launched)
        servers = self._servers
        async with self._news:
            await self._news.wait_for(lambda: launched.comm_id in self.conversations or self._servers != servers)
        if launched.comm_id not in self.conversations:
            raise Refusal(self._message(Refused, code=Code.LATE, reason=KILLED))
        return self.conversations[launched.comm_id]

    async def ended(self, comm_id: str) -> Ended:
        """How a group that we are in ended; waits for it. It is cancelled when its server was killed."""
        conversation = self.conversations.get(comm_id)
        if conversation is None:
            raise InputError(f"{self.card.name!r} is in no group {comm_id!r}.")
        async with self._news:
            await self._news.wait_for(lambda: conversation.ended is not None)
        assert conversation.ended is not None
        return conversation.ended

    def hear(self, message: Message) -> None:
        """What the server tells this agent."""
        match message:
            case Task():
                self._bench.take(message)
            case Cancel():
                self._bench.cancel(message.task_id)
            case Result():
                waits = self._results.get(message.task_id)
                if waits is not None and not waits.done():
                    waits.set_result(message)
            case Joined():
                self.conversations.setdefault(message.comm_id, Conversation.of(message))
                self._tell()
            case Say() if message.comm_id in self.conversations:
                self.conversations[message.comm_id].hear(message)
            case Floor() if message.comm_id in self.conversations:
                self._speaking[message.comm_id] = self._soon(self._speak(message))
            case Ended() if message.comm_id in self.conversations:
                self._over(message)
            case Refused():
                _log.warning("%s: refused (%s): %s", self.card.name, message.code, message.reason)
            case _:
                pass

    def groups_are_over(self) -> None:
        """The server that had them is gone; another one has started, which knows none of them."""
        self._servers += 1
        for comm_id in [comm_id for comm_id, one in self.conversations.items() if one.ended is None]:
            self._over(over(comm_id, self._up.clock))
        self._tell()  # also to those who wait for a group that they will never be in

    async def close(self) -> None:
        """Drop all work."""
        await self._bench.close()
        for turn in self._turns:
            turn.cancel()
        await asyncio.gather(*self._turns, return_exceptions=True)

    async def _speak(self, floor: Floor) -> None:
        conversation = self.conversations[floor.comm_id]
        speaker: Any = self.agent
        if not isinstance(speaker, Speaker):
            return
        turn = Turn(self.card.name, conversation, floor.must_conclude, floor.turn, self)
        try:
            async with asyncio.timeout(floor.seconds):
                move = await speaker.speak(turn)
            say = self._message(
                Say,
                comm_id=floor.comm_id,
                reply_to=floor.id,
                content=move.content,
                type=move.type,
                next_speaker=move.next_speaker,
                task_id=move.task_id,
                task_desc=move.task_desc,
                task_abstract=move.task_abstract,
                task_input=move.task_input,
                task_seconds=move.task_seconds,
                triggers=move.triggers,
                usage=move.usage,
            )
            conversation.said.append(say)
            await self._up.send(say)
        except (Exception, SystemExit) as error:
            _log.warning("%s did not speak in %s: %s: %s", turn.me, floor.comm_id, type(error).__name__, error)

    async def _answered(self, task: Task, result: "asyncio.Future[Result]") -> Result:
        """The result, or the answer to the message itself, which is then a refusal."""
        asking = asyncio.ensure_future(self._up.ask(task))
        try:
            await asyncio.wait((asking, result), return_when=asyncio.FIRST_COMPLETED)
            if result.done():
                return result.result()
            answer = asking.result()
            return answer if isinstance(answer, Result) else await result
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    async def _ask(self, message: Header, kind: type[Any]) -> Any:
        answer = await self._up.ask(message)
        if not isinstance(answer, kind):
            raise InputError(f"the server answered {message.id} with {type(answer).__name__}, not {kind.__name__}.")
        return answer

    def _message(self, kind: type[Any], **fields: Any) -> Any:
        return self._up.message(kind, self.card.name, **fields)

    def _over(self, ended: Ended) -> None:
        self.conversations[ended.comm_id].ended = ended
        speaking = self._speaking.pop(ended.comm_id, None)
        if speaking is not None:
            speaking.cancel()
        self._forget()
        self._tell()

    def _soon(self, what: Any) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(what)
        self._turns.add(task)
        task.add_done_callback(self._turns.discard)
        return task

    def _tell(self) -> None:
        async def tell() -> None:
            async with self._news:
                self._news.notify_all()

        self._soon(tell())

    def _forget(self) -> None:
        past = [comm_id for comm_id, one in self.conversations.items() if one.ended is not None]
        for comm_id in past[: max(len(past) - _GROUPS, 0)]:
            del self.conversations[comm_id]
