"""Agents that speak the protocol by hand, and brokers for them: what tests of the server talk with."""

import asyncio
import itertools

from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.messages import Registered, decode, encode
from townsquare.protocols.ioa.topics import PUBLIC, Address, Topics
from townsquare.protocols.transports.connect import connect
from townsquare.protocols.transports.transport import Will

SOON = 10.0
"""Seconds that anything may take on a busy machine."""
_COUNT = itertools.count(1)


class Peer:
    """One agent without streams; everything it is told stays in ``heard``."""

    def __init__(self, broker, name, *, owner=PUBLIC, enter=True, **card):
        self.name, self.me, self.topics = name, Address(owner, name), Topics()
        self.card = Card(name=name, owner=owner, **card) if enter else None
        self.transport = connect(broker, will=Will(self.topics.of(self.me, "status"), b"away"))
        self.heard, self._news = [], asyncio.Event()

    async def __aenter__(self):
        await self.transport.__aenter__()
        self._reader = asyncio.create_task(self._read())
        await self.transport.subscribe([self.topics.of(self.me, "in")])
        if self.card is not None:
            await self.show()
            await self.hears(Registered)
        return self

    async def __aexit__(self, *_):
        self._reader.cancel()
        await self.transport.__aexit__(None, None, None)

    async def show(self, card=None):
        await self.raw("status", b"here", retain=True)
        await self.raw("card", (card or self.card).model_dump_json(exclude_none=True).encode(), retain=True)

    async def vanish(self):
        """Break off as if the process were killed; on a broker that does not tell, the will is said here."""
        await self.raw("status", b"away", retain=True)
        await self.transport.unsubscribe([self.topics.of(self.me, "in")])

    async def back(self):
        await self.transport.subscribe([self.topics.of(self.me, "in")])
        await self.raw("status", b"here", retain=True)

    async def raw(self, leaf, payload, *, retain=False, who=None):
        await self.transport.publish(self.topics.of(who or self.me, leaf), payload, retain=retain)

    async def say(self, kind, **fields):
        fields = {"id": f"{self.name}-{next(_COUNT)}", "sender": self.name} | fields
        message = kind(**fields)
        await self.raw("out", encode(message))
        return message

    async def ask(self, answer, kind, **fields):
        """Say, and wait for what answers it."""
        said = await self.say(kind, **fields)
        return await self.hears(answer, lambda message: message.reply_to == said.id)

    async def hears(self, kind, where=lambda message: True):
        """The first message of this kind since the last one that was asked for; it is taken off the list."""
        async with asyncio.timeout(SOON):
            while True:
                for n, message in enumerate(self.heard):
                    if isinstance(message, kind) and where(message):
                        return self.heard.pop(n)
                self._news.clear()
                await self._news.wait()

    async def _read(self):
        async for delivery in self.transport.deliveries():
            self.heard.append(decode(delivery.payload, 2**26))
            self._news.set()


async def until(condition):
    async with asyncio.timeout(SOON):
        while not condition():
            await asyncio.sleep(0.01)
