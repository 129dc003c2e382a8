"""The server: everybody talks to it, and it alone talks to everybody. Registry, tasks and groups behind one door.

Whatever arrives is checked at the door (guard.py), written into the journal, and handled without waiting for anybody:
what goes out waits in a queue of its host (links.py). Nothing that arrives can stop the server; it is refused, counted
and, within limits, answered.
"""

import asyncio
import logging
from collections import Counter
from typing import TYPE_CHECKING, Any

from townsquare.protocols.ioa.answers import check_card
from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.clock import Clock
from townsquare.protocols.ioa.groups import Groups
from townsquare.protocols.ioa.guard import Guard
from townsquare.protocols.ioa.journal import Journal
from townsquare.protocols.ioa.links import Links
from townsquare.protocols.ioa.messages import (
    MAX_BYTES,
    Ack,
    Cancel,
    Discover,
    Found,
    Launch,
    Lookup,
    Message,
    Progress,
    Refused,
    Registered,
    Result,
    Say,
    Task,
    Unreadable,
)
from townsquare.protocols.ioa.meter import Meter
from townsquare.protocols.ioa.names import SERVER
from townsquare.protocols.ioa.presence import Presence, presence_of
from townsquare.protocols.ioa.registry import Registry, host_of
from townsquare.protocols.ioa.rules import OutOfTurn, Rules
from townsquare.protocols.ioa.serving_discovery import Discovery
from townsquare.protocols.ioa.serving_groups import GroupService
from townsquare.protocols.ioa.serving_tasks import TaskService
from townsquare.protocols.ioa.topics import ROOT, Address, Topics
from townsquare.protocols.ioa.unfinished import Unfinished, over
from townsquare.protocols.ioa.vocabulary import Code
from townsquare.protocols.ioa.voice import Voice
from townsquare.protocols.memory import Embedder
from townsquare.protocols.transports.connect import connect
from townsquare.protocols.transports.transport import Delivery, Transport, TransportError, Will

if TYPE_CHECKING:
    from townsquare.protocols.transports.in_process import InProcess

_TURN = 32
"""Messages after which others in this process have a turn."""
_SETTLING, _EARLY = 1.0, 1_000
"""Seconds after the start in which a stranger may be somebody whose card has not arrived yet, and how many messages of
such are kept.
"""
_GOODBYE = 2.0
"""Seconds that leaving may take."""
_LATEST = 2**52
"""A logical time beyond which a sender's clock is not believed."""
_log = logging.getLogger(__name__)


class Server:
    """``async with Server(broker) as server``: serves until it is left. One server per broker and root."""

    def __init__(
        self,
        broker: "str | InProcess",
        *,
        root: str = ROOT,
        rules: Rules | None = None,
        embedder: Embedder | None = None,
        journal: Journal | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        """Raises InputError for what names no broker.

        Args:
            broker: ``mqtt://HOST``, ``mqtts://HOST``, or an ``InProcess`` broker.
            root: The first part of all topics.
            rules: Bounds of every group.
            embedder: Finds agents by what they can do; without one ``discover`` is refused.
            journal: The record; by default one in memory.
            max_bytes: The largest message that is taken.
        """
        self.rules, self.meter = rules or Rules(), Meter()
        self.journal = Journal() if journal is None else journal
        self.topics, self.clock = Topics(root), Clock(SERVER)
        self.registry, self.guard = Registry(embedder), Guard(self.topics, max_bytes)
        self.messages = self.faults = 0
        """Messages taken, and those at which the server itself went wrong."""
        self.transport: Transport = connect(
            broker, will=Will(self.topics.server, b"away"), client_id=f"{root}-{SERVER}"
        )
        self._jobs: list[asyncio.Task[None]] = []
        self._early: list[Delivery] | None = None
        """What strangers say while the cards are not all here; the broker may have kept it for us."""

    @property
    def groups(self) -> Groups:
        """All groups."""
        return self._groups.groups

    @property
    def groups_ended(self) -> Counter[str]:
        """How many groups ended how."""
        return self._groups.ended

    async def __aenter__(self) -> "Server":
        """Raises TransportError when the broker cannot be reached, or does not let us in."""
        await self.transport.__aenter__()
        self.links = Links(self.transport, self.topics, self.clock, self.registry)
        self._voice = Voice(self.links, self.registry, self.guard, self.journal, self.clock)
        self._groups = GroupService(self.registry, self.rules, self.journal, self.meter, self.clock, self._voice.tell)
        self.tasks = TaskService(
            self.registry, self.rules, self.journal, self.clock, self._voice.tell, self._groups.result
        )
        self._groups.works = self.tasks
        self._discovery = Discovery(self.registry, self._found, self._refuse_message)
        self._unfinished = Unfinished(self.journal.entries())
        self.journal.note("server", life=self.clock.life)
        self._unfinished.note(self.journal)
        self._early = []
        loop = asyncio.get_running_loop()
        loop.call_later(_SETTLING, self._settled)
        work = (self._serve(), self.links.tend(), self._discovery.run())
        self._jobs = [loop.create_task(each) for each in work]
        everybody = self.topics.everybody
        # Who there is comes before what they say.
        await self.transport.subscribe([everybody("status"), everybody("card")])
        await self.transport.subscribe([everybody("out")])
        await self.transport.publish(self.topics.server, b"here", retain=True)
        return self

    async def __aexit__(self, *_: object) -> None:
        """End all groups and tasks, and go."""
        self._groups.close("the server stops")
        self.tasks.close()
        try:
            async with asyncio.timeout(_GOODBYE):
                await self.links.drain()
                self.links.close()
                await self.transport.publish(self.topics.server, b"away", retain=True)
        except (TimeoutError, TransportError):
            _log.warning("the broker did not take the goodbye")
        self.links.close()
        for job in self._jobs:
            job.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)
        await self.transport.__aexit__(None, None, None)
        self.journal.close()

    def presence(self) -> Presence:
        """Who is here, and what is under way."""
        return presence_of(self)

    async def _serve(self) -> None:
        count = 0
        async for delivery in self.transport.deliveries():
            self._take(delivery)
            count += 1
            if count % _TURN == 0:
                await asyncio.sleep(0)

    def _take(self, delivery: Delivery) -> None:
        """Never raises, never waits."""
        who: Address | None = None
        try:
            who, leaf = self.guard.where(delivery.topic)
            if leaf == "card":
                self._card(who, delivery)
            elif leaf == "status":
                self._status(who, delivery)
            elif leaf == "out":
                self._message(who, delivery)
        except (OutOfTurn, Unreadable) as refusal:
            self._voice.refuse(who, refusal, None, getattr(refusal, "about", None))
        except Exception:
            self.faults += 1
            _log.exception("something on %s went wrong", delivery.topic[:200])

    def _settled(self) -> None:
        early, self._early = self._early or [], None
        for delivery in early:
            self._take(delivery)

    def _card(self, who: Address, delivery: Delivery) -> None:
        card = self.guard.card(who, delivery.payload)
        if card is None:
            if who.agent in self.registry and self.registry[who.agent].owner == who.owner:
                self._gone(who)
            return
        check_card(card)
        changed = self.registry.put(card, who.owner)
        if changed:
            told = card.model_dump(mode="json", exclude_defaults=True)
            self.journal.note("card", event="put", name=card.name, owner=card.owner, card=told)
        if not delivery.retained:
            self._here(who, again=True)
            self._here(host_of(card), again=False)
        if changed or not delivery.retained:
            registered = Registered(
                id=self.clock.id(),
                sender=SERVER,
                to=card.name,
                logical=self.clock.tick(),
                max_bytes=self.guard.max_bytes,
            )
            self._voice.tell(card.name, registered)
        for comm_id in self._unfinished.of(card.name):
            self._voice.tell(card.name, over(comm_id, self.clock))
        self.tasks.push(card.name)

    def _gone(self, who: Address) -> None:
        self._groups.left(who.agent, for_good=True)
        self.tasks.gone(who.agent)
        self.registry.gone(who.agent)
        self.guard.forget(who)
        self.journal.note("card", event="gone", name=who.agent, owner=who.owner)

    def _status(self, who: Address, delivery: Delivery) -> None:
        here = self.guard.status(delivery.payload)
        if here:
            self._here(who, again=not delivery.retained)
        elif here is False:
            names = self.registry.away(who)
            if self.registry.sharing(who):
                self.links[who].here = False
            for name in names:
                self.journal.note("away", name=name)
                self._groups.left(name, for_good=False)

    def _here(self, who: Address, *, again: bool) -> None:
        """An agent or host is here; ``again`` where it may have been away without anybody noticing."""
        names = self.registry.here(who)
        sharing = self.registry.sharing(who)
        if sharing and (again or not self.links[who].here):
            link = self.links[who]
            for name in sharing:
                if not self.registry[name].streams:
                    self.tasks.returned(name, set(link.waiting()))
            link.returned(asyncio.get_running_loop().time())
        for name in names:
            self.journal.note("here", name=name)
            self._groups.back(name)
            self.tasks.push(name)

    def _message(self, who: Address, delivery: Delivery) -> None:
        payload = delivery.payload
        message = self.guard.message(who, payload)
        card = self.registry.get(who.agent)
        if card is None and self._early is not None and len(self._early) < _EARLY:
            self._early.append(delivery)
        elif card is None or card.owner != who.owner:
            unknown = OutOfTurn(Code.UNKNOWN, f"{who.agent!r} has no card here; publish it first")
            self._voice.refuse(who, unknown, message)
        elif isinstance(message, Ack):
            self.links.acknowledged(card, message)
        elif message.seq is None or self.links.fresh(card, message):
            try:
                self.guard.once(who, message)
                if message.logical < _LATEST:
                    self.clock.heard(message.logical)
                self.messages += 1
                self.journal.message(message, len(payload))
                self._dispatch(card, message)
            except OutOfTurn as refusal:
                self._voice.refuse(who, refusal, message)

    def _dispatch(self, card: Card, message: Message) -> None:
        """Raises OutOfTurn for what cannot be done."""
        group: str | None = None
        match message:
            case Discover():
                self._discovery.ask(message)
            case Lookup():
                self._found(message, self._discovery.lookup(message, card.limits.bytes))
            case Launch():
                self._groups.launch(message)
            case Say():
                self._groups.say(message)
                return  # counted there, before its group may end
            case Task():
                self.tasks.assign(message)
            case Progress():
                group = self.tasks.group_of(message.task_id)
                self.tasks.progress(message)
                if group is not None:
                    self._groups.progress(group, message)
            case Result():
                group = self.tasks.group_of(message.task_id)
                try:
                    self.tasks.result(message)
                except OutOfTurn as refusal:
                    if refusal.code is Code.SCHEMA:  # the task has ended, and has cost what it cost
                        self.meter.count(message, group)
                    raise
            case Cancel():
                self.tasks.cancel(message.task_id, message.sender, message.reason)
            case Refused():
                self.tasks.refused(message.reply_to or "", message.sender, f"{message.code}: {message.reason}")
            case _:
                raise OutOfTurn(Code.STATE, f"only the server says {message.kind!r}")
        self.meter.count(message, group)

    def _found(self, question: Discover | Lookup, matches: Any) -> None:
        self._voice.answer(Found, question, matches=matches)

    def _refuse_message(self, message: Message, refusal: OutOfTurn) -> None:
        card = self.registry.get(message.sender)
        self._voice.refuse(Address(card.owner, card.name) if card else None, refusal, message)
