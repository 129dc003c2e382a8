"""The server's end of its connections with hosts: a bounded queue out and a stream in for each of them."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator

from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.clock import Clock
from townsquare.protocols.ioa.messages import Ack, Message, encode
from townsquare.protocols.ioa.names import SERVER
from townsquare.protocols.ioa.registry import Registry, host_of
from townsquare.protocols.ioa.streams import DELAY, Again, Incoming, Outgoing
from townsquare.protocols.ioa.topics import Address, Topics
from townsquare.protocols.transports.transport import Transport, TransportError

ROOM, ROOM_BYTES = 100_000, 64 * 2**20
"""Messages, and their bytes, that may wait for one host."""
_LIVES = 4
"""Lives of a host whose streams are remembered."""
_HOSTS = 10_000
"""Hosts without agents that are remembered."""
_PATIENCE = 1.0
"""Seconds in which a host that takes nothing may ask only once to have everything sent again."""
_BEAT = 0.25
"""Seconds between two looks at whether anything waits for too long."""

_Body = tuple[str, bytes]
"""A topic and a message, without its place in the stream."""


class Link:
    """One host. With ``streams`` all that goes out is numbered and kept until acknowledged; without, it is handed to
    the broker while the host is here, one after the other.
    """

    def __init__(self, transport: Transport, stream: str) -> None:
        self.stream = stream
        self.here = True
        self.incoming: OrderedDict[str, Incoming] = OrderedDict()
        self.outgoing: Outgoing[_Body] = Outgoing()
        self._transport = transport
        self._numbered: deque[_Body] = deque()
        """What waits for room in the window."""
        self._plain: deque[_Body] = deque()
        self._worker: asyncio.Task[None] | None = None
        self._bytes = 0
        """Of all that waits or is not acknowledged."""
        self._sizes: deque[int] = deque()
        """Of what is not acknowledged."""
        self._sent, self._asked = 0, float("-inf")
        """The last number given, and when the host asked to go back."""

    def __len__(self) -> int:
        """Messages that wait or are not acknowledged."""
        return len(self.outgoing) + len(self._numbered) + len(self._plain)

    def add(self, topic: str, body: bytes, *, numbered: bool) -> bool:
        """Send, now or later; False when there is no room."""
        if len(self) >= ROOM or self._bytes + len(body) > ROOM_BYTES:
            return False
        self._bytes += len(body)
        (self._numbered if numbered else self._plain).append((topic, body))
        self.push()
        return True

    def push(self) -> None:
        """Send what can be sent."""
        now = asyncio.get_running_loop().time()
        while self._numbered and not self.outgoing.full:
            body = self._numbered.popleft()
            number = self._sent = self._sent + 1
            self.outgoing.put(_itself(body), now)
            self._sizes.append(len(body[1]))
            if self.here:
                self._post(number, None, body)
        if self._plain and self.here and (self._worker is None or self._worker.done()):
            self._worker = asyncio.get_running_loop().create_task(self._hand_over())

    def acknowledged(self, ack: Ack, now: float) -> None:
        """The host has taken something, or asks for it again."""
        base = self.outgoing.base
        asked = ack.again and (ack.upto >= base or now - self._asked >= _PATIENCE)
        self._asked = now if asked else self._asked
        again = self.outgoing.acknowledged(ack.upto, asked, now)
        for _ in range(self.outgoing.base - base):
            self._bytes -= self._sizes.popleft()
        self._repeat(again)
        self.push()

    def returned(self, now: float) -> None:
        """The host is here again: send what is not acknowledged, and what has waited."""
        self.here = True
        self._repeat(self.outgoing.everything(now))
        self.push()

    def tend(self, now: float) -> None:
        """Ask whether the host is still there, when nothing was heard for too long."""
        if self.here:
            self._repeat(self.outgoing.overdue(now))

    def waiting(self) -> Iterator[bytes]:
        """What has not been handed to the broker, of a host without streams."""
        return (body for _, body in self._plain)

    async def handed_over(self) -> None:
        """Wait until the broker has everything, where it is handed over one after the other."""
        if self._worker is not None:
            await asyncio.wait((self._worker,))

    def close(self) -> None:
        """Hand over nothing more."""
        if self._worker is not None:
            self._worker.cancel()

    def _repeat(self, again: "list[Again[_Body]]") -> None:
        for each in again if self.here else ():
            self._post(each.seq, each.since, each.kept)

    def _post(self, seq: int, since: int | None, body: _Body) -> None:
        place = f',"seq":{seq},"stream":"{self.stream}"' + (f',"since":{since}' if since else "")
        self._transport.post(body[0], body[1][:-1] + place.encode() + b"}")

    async def _hand_over(self) -> None:
        try:
            while self._plain and self.here:
                topic, body = self._plain[0]
                await self._transport.publish(topic, body)
                self._plain.popleft()
                self._bytes -= len(body)
        except TransportError:
            return  # closed


def _itself(body: _Body) -> Callable[[int], _Body]:
    return lambda seq: body


class Links:
    """All hosts, each with a stream of its own."""

    def __init__(self, transport: Transport, topics: Topics, clock: Clock, registry: Registry) -> None:
        self.transport, self.topics, self.clock, self.registry = transport, topics, clock, registry
        self.repeated = 0
        """Messages that came again, or too early, and were dropped: what reliable delivery costs."""
        self._links: OrderedDict[Address, Link] = OrderedDict()
        self._count = 0
        self._owed: dict[tuple[Address, str], Incoming] = {}
        """Streams with something to acknowledge."""
        self._timer: asyncio.TimerHandle | None = None
        self._breaks = transport.breaks

    def __getitem__(self, host: Address) -> Link:
        link = self._links.get(host)
        if link is None:
            self._count += 1
            link = self._links[host] = Link(self.transport, f"{self.clock.life}:{self._count}")
            if len(self._links) > _HOSTS + len(self.registry):
                self._drop_one()
        return link

    def send(self, card: Card, body: bytes) -> bool:
        """Send an encoded message to an agent; False when too much waits for its host."""
        topic = self.topics.of(Address(card.owner, card.name), "in")
        return self[host_of(card)].add(topic, body, numbered=card.streams)

    def fresh(self, card: Card, message: Message) -> bool:
        """Whether a numbered message is the next of its stream; it is to be dropped otherwise."""
        assert message.seq is not None
        host, stream = host_of(card), message.stream or card.name
        streams = self[host].incoming
        incoming = streams.get(stream)
        if incoming is None:
            incoming = streams[stream] = Incoming()
            if len(streams) > _LIVES:
                streams.popitem(last=False)
        now = asyncio.get_running_loop().time()
        new = incoming.take(message.seq, message.since, now)
        self.repeated += not new
        self._owed[host, stream] = incoming
        if incoming.deadline is not None and incoming.deadline <= now:
            self._acknowledge(host, stream, incoming)
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(DELAY, self._acknowledge_all)
        return new

    def acknowledged(self, card: Card, ack: Ack) -> None:
        """A host has something to say about what we sent; about another life of ours it is not heard."""
        link = self[host_of(card)]
        if ack.stream == link.stream:
            link.acknowledged(ack, asyncio.get_running_loop().time())

    async def tend(self) -> None:
        """Send again whatever has to be, for as long as the server runs."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_BEAT)
            broken = self.transport.breaks != self._breaks
            self._breaks = self.transport.breaks
            for link in list(self._links.values()):
                if len(link):
                    link.returned(loop.time()) if broken and link.here else link.tend(loop.time())

    async def drain(self) -> None:
        """Wait until the broker has what is to be said to hosts without streams that are here."""
        await asyncio.gather(*(link.handed_over() for link in self._links.values()))

    def close(self) -> None:
        """Acknowledge what has come, and stop."""
        if self._timer is not None:
            self._timer.cancel()
        self._acknowledge_all()
        for link in self._links.values():
            link.close()

    def _acknowledge_all(self) -> None:
        self._timer = None
        for (host, stream), incoming in list(self._owed.items()):
            self._acknowledge(host, stream, incoming)

    def _acknowledge(self, host: Address, stream: str, incoming: Incoming) -> None:
        self._owed.pop((host, stream), None)
        found = incoming.acknowledge(float("inf"))
        if found is not None:
            ack = Ack(id=self.clock.id(), sender=SERVER, to=host.agent, upto=found[0], again=found[1], stream=stream)
            self.transport.post(self.topics.of(host, "in"), encode(ack))

    def _drop_one(self) -> None:
        """Forget the host that has been known longest and has no agents any more."""
        for host in list(self._links)[:100]:
            if not self.registry.sharing(host):
                self._links.pop(host).close()
                return
            self._links.move_to_end(host)
