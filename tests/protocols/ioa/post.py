"""The least that a host needs for a server: it lets everybody in, keeps what it hears, and tells what a test wants."""

import asyncio

from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.clock import Clock
from townsquare.protocols.ioa.messages import Ack, Refused, Registered, decode, encode
from townsquare.protocols.ioa.streams import Incoming
from townsquare.protocols.ioa.topics import Address, Topics
from townsquare.protocols.ioa.vocabulary import Code
from townsquare.testing.transport_contract import SOON


class Post:
    """One life of a server. It acknowledges whatever it takes at once, unless ``deaf``."""

    def __init__(self, broker, *, life="1", banned=()):
        self.transport, self.topics, self.banned = broker.connect(), Topics(), banned
        self.clock, self.stream, self.count = Clock("server"), f"server:{life}", 0
        self.heard, self.acks, self.cards, self.statuses, self.streams = [], [], {}, {}, {}
        self.deaf = False
        self._news = asyncio.Event()

    async def __aenter__(self):
        await self.transport.__aenter__()
        await self.transport.subscribe([self.topics.everybody(leaf) for leaf in ("card", "status", "out")])
        self._task = asyncio.get_running_loop().create_task(self._run())
        return self

    async def __aexit__(self, *_):
        self._task.cancel()
        await self.transport.__aexit__()

    async def _run(self):
        async for delivery in self.transport.deliveries():
            (who, leaf), payload = self.topics.read(delivery.topic), delivery.payload
            if leaf == "card":
                self._card(who, payload)
            elif leaf == "status":
                self.statuses[who.agent] = payload
            elif not self.deaf:
                self._message(who, decode(payload))
            self._news.set()

    def _card(self, who, payload):
        if not payload:
            self.cards.pop(who.agent, None)
            return
        card = Card.model_validate_json(payload)
        if who.agent in self.banned:
            self.tell(who.agent, Refused, code=Code.NAME, reason="that name is taken")
            return
        self.cards[who.agent] = card
        self.tell(who.agent, Registered)

    def _message(self, who, message):
        if isinstance(message, Ack):
            self.acks.append(message)
            return
        incoming = self.streams.setdefault(message.stream, Incoming())
        new = incoming.take(message.seq, message.since, 0.0)
        upto, again = incoming.acknowledge(1e9)
        ack = Ack(id=self.clock.id(), sender="server", upto=upto, again=again, stream=message.stream)
        self.transport.post(self.topics.of(who, "in"), encode(ack))
        if new:
            self.heard.append(message)

    def make(self, to, kind, **fields):
        self.count += 1
        place = {"seq": self.count, "stream": self.stream, **fields}
        return kind(id=self.clock.id(), sender="server", to=to, **place)

    def tell(self, to, kind, **fields):
        message = self.make(to, kind, **fields)
        self.carry(to, message)
        return message

    def carry(self, to, message):
        self.transport.post(self.topics.of(Address("public", to), "in"), encode(message))

    async def hears(self, kind, count=1):
        """The ``count``-th message of a kind."""
        async with asyncio.timeout(SOON):
            while len(found := [each for each in self.heard if isinstance(each, kind)]) < count:
                self._news.clear()
                await self._news.wait()
        return found[count - 1]

    async def until(self, condition):
        async with asyncio.timeout(SOON):
            while not condition():
                self._news.clear()
                await self._news.wait()
