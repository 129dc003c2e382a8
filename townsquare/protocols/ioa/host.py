"""A process that agents live in: one connection, and its end of the protocol. This is all that an agent needs.

from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.host import Host

class Shouter:
    async def run(self, task):
        return task.description.upper()

async with Host("mqtt://localhost", "shouters") as host:
    await host.join(Card(name="shouter", description="Shouts."), Shouter())
    await asyncio.Event().wait()
"""

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from townsquare.protocols.errors import InputError
from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.clock import wall
from townsquare.protocols.ioa.conversation import Agent as Agent
from townsquare.protocols.ioa.conversation import Conversation as Conversation
from townsquare.protocols.ioa.conversation import Move as Move
from townsquare.protocols.ioa.conversation import Speaker as Speaker
from townsquare.protocols.ioa.conversation import Turn as Turn
from townsquare.protocols.ioa.member import Member as Member
from townsquare.protocols.ioa.messages import MAX_BYTES, Message, Refused, Registered, Unreadable
from townsquare.protocols.ioa.names import is_name
from townsquare.protocols.ioa.streams import WINDOW
from townsquare.protocols.ioa.topics import PUBLIC, ROOT, Address, Topics
from townsquare.protocols.ioa.uplink import Refusal as Refusal
from townsquare.protocols.ioa.uplink import Uplink
from townsquare.protocols.transports.connect import connect, user_of
from townsquare.protocols.transports.transport import Delivery, Transport, Will

if TYPE_CHECKING:
    from townsquare.protocols.transports.in_process import InProcess

HERE, AWAY = b"here", b"away"
_EARLY = 1_000
"""Messages that are kept for agents which have not joined yet (again)."""
_GOODBYE = 2.0
"""Seconds that leaving may take."""
_PATIENCE = 15.0
"""Seconds after which a host that no server lets in says so, and waits on."""
_log = logging.getLogger(__name__)


class JoinRefused(Refusal):
    """The server does not take the card; the message says why."""


class Host:
    """``async with Host(broker, name) as host``, then ``await host.join(card, agent)`` for each agent.

    When the connection breaks it comes back by itself, and nothing is lost or done twice. When the process ends without
    a goodbye, the broker tells that all agents of the host are away.
    """

    def __init__(
        self, broker: "str | InProcess", name: str, *, owner: str = PUBLIC, root: str = ROOT, window: int = WINDOW
    ) -> None:
        """Raises InputError for a broker or a name that cannot be.

        Args:
            broker: ``mqtt://HOST``, ``mqtts://HOST``, or an ``InProcess`` broker.
            name: Of the host; where it has a single agent, mostly that one's. One host of a name at a time: the broker
                closes the connection of an earlier one.
            owner: The MQTT user whose agents these are; by default the one that the connection comes as.
            root: The first part of all topics.
            window: Messages that may be unacknowledged by the server before sending waits.
        """
        if not is_name(name):
            raise InputError(f"no host can be called {name!r}: 1 to 64 of A-Z a-z 0-9 . _ -, a letter or digit first.")
        owner = (user_of(broker) or PUBLIC) if owner == PUBLIC else owner
        self.me, self.topics, self.window = Address(owner, name), Topics(root), window
        self.members: dict[str, Member] = {}
        self.transport: Transport = connect(
            broker, will=Will(self.topics.of(self.me, "status"), AWAY), client_id=f"{root}-{owner}-{name}"
        )
        self._max_bytes = 2 * MAX_BYTES
        self._joining: dict[str, asyncio.Future[None]] = {}
        self._early: list[tuple[str, Message]] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Host":
        """Raises TransportError when the broker cannot be reached, or does not let us in."""
        await self.transport.__aenter__()
        self._up = Uplink(self.transport, self.topics, self.me, self.window)
        self._up.anew, self._up.replaced = self._show_again, self._groups_are_over
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._listen()), loop.create_task(self._up.tend())]
        try:
            await self.transport.subscribe([self.topics.of(self.me, "in")])
            await self.transport.publish(self.topics.of(self.me, "status"), HERE, retain=True)
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop all work and go; the cards stay, so that the agents count as away."""
        for member in self.members.values():
            await member.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE):
                if self.members:
                    await self._up.drain()
        self._up.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE):
                # nobody has to know that a host without agents has gone
                gone = AWAY if self.members else b""
                await self.transport.publish(self.topics.of(self.me, "status"), gone, retain=True)
                await self.transport.unsubscribe([self._inbox(name) for name in {*self.members, self.me.agent}])
        await self._close()

    async def _close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.transport.__aexit__(None, None, None)

    async def join(self, card: Card, agent: Agent | None = None) -> Member:
        """Let an agent be found; waits until the server has taken its card. Raises JoinRefused, InputError.

        Owner, host and ``streams`` of the card are filled in. Without an ``agent`` the member asks others, and fails
        whatever it is asked to do.
        """
        card = self._completed(card, agent)
        self._max_bytes = max(self._max_bytes, 2 * card.limits.bytes)
        self._up.gone.discard(card.name)
        self.members[card.name] = member = Member(card, agent, self._up)
        self._joining[card.name] = registered = asyncio.get_running_loop().create_future()
        try:
            await self.transport.subscribe([self._inbox(card.name)])
            await self._show(card)
            await asyncio.wait((registered,), timeout=_PATIENCE)
            if not registered.done():
                _log.warning(
                    "%s waits: no server lets it in. Does one run there? Is there another %r?", *[card.name] * 2
                )
            await registered
        except BaseException:
            del self.members[card.name]
            await self._withdraw(card.name)
            raise
        finally:
            del self._joining[card.name]
        if self._up.voice not in self.members:
            self._up.voice = card.name
        early, self._early = self._early, []
        for name, message in early:
            self._hear(name, message)
        return member

    async def leave(self, name: str) -> None:
        """Take an agent's card away; its work is dropped. Nothing when it is not here."""
        member = self.members.pop(name, None)
        if member is None:
            return
        await member.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE):
                await self._up.drain()  # what it still said counts
        await self._withdraw(name)
        self._up.gone.add(name)
        if self._up.voice == name:
            self._up.voice = next(iter(self.members), self.me.agent)

    def _completed(self, card: Card, agent: Agent | None) -> Card:
        if card.name in self.members:
            raise InputError(f"{card.name!r} has joined before; one name, one agent.")
        if not is_name(card.name):
            raise InputError(f"no agent can be called {card.name!r}.")
        if card.speaks and not isinstance(agent, Speaker):
            raise InputError(f"the card of {card.name!r} says that it speaks, but its agent has no `speak`.")
        host = None if card.name == self.me.agent else self.me.agent
        filled = {"owner": self.me.owner, "host": host, "streams": True, "created_at": card.created_at or wall()}
        return card.model_copy(update=filled)

    async def _withdraw(self, name: str) -> None:
        """Take a card away, within the time that a goodbye may take."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE):
                await self.transport.publish(self.topics.of(Address(self.me.owner, name), "card"), b"", retain=True)
                await self.transport.unsubscribe([self._inbox(name)] if name != self.me.agent else ())

    async def _show(self, card: Card) -> None:
        topic = self.topics.of(Address(self.me.owner, card.name), "card")
        await self.transport.publish(topic, card.model_dump_json(exclude_none=True).encode(), retain=True)

    def _show_again(self) -> None:
        """After a break: the broker may have told that we are away, or have forgotten everything."""

        async def show() -> None:
            await self.transport.publish(self.topics.of(self.me, "status"), HERE, retain=True)
            for member in list(self.members.values()):
                await self._show(member.card)

        self._tasks = [task for task in self._tasks if not task.done()]
        self._tasks.append(asyncio.get_running_loop().create_task(show()))

    def _groups_are_over(self) -> None:
        """A server that started anew knows none of our groups."""
        for member in self.members.values():
            member.groups_are_over()

    async def _listen(self) -> None:
        async for delivery in self.transport.deliveries():
            self._take(delivery)

    def _take(self, delivery: Delivery) -> None:
        """Never waits: whoever reads must not wait for those who write."""
        read = self.topics.read(delivery.topic)
        if read is None or read[1] != "in" or read[0].owner != self.me.owner:
            return
        try:
            message = self._up.take(delivery.payload, self._max_bytes)
            if message is not None:
                self._hear(read[0].agent, message)
        except Unreadable as error:
            _log.warning("%s was told what cannot be read (%s): %s", read[0].agent, error.code, error)
        except Exception:
            _log.exception("%s: a message went wrong", read[0].agent)

    def _hear(self, name: str, message: Message) -> None:
        joining = self._joining.get(name)
        if isinstance(message, Registered):
            self._up.max_bytes = message.max_bytes
        if joining is not None and not joining.done():
            if isinstance(message, Registered):
                joining.set_result(None)
                return
            if isinstance(message, Refused) and message.reply_to is None:
                joining.set_exception(JoinRefused(message))
                return
        if name in self.members:
            self.members[name].hear(message)
        elif name not in self._up.gone and len(self._early) < _EARLY:
            self._early.append((name, message))

    def _inbox(self, name: str) -> str:
        return self.topics.of(Address(self.me.owner, name), "in")
