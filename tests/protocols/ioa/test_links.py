"""What goes out to one host, and what is remembered of what it sent; with a transport that only writes down."""

import asyncio
import json

import pytest

from townsquare.protocols.ioa import links as at
from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.clock import Clock
from townsquare.protocols.ioa.links import Links
from townsquare.protocols.ioa.messages import Ack, Lookup, encode
from townsquare.protocols.ioa.registry import Registry
from townsquare.protocols.ioa.streams import WINDOW
from townsquare.protocols.ioa.topics import Address, Topics

ANN, BOB = Card(name="ann", host="house", streams=True), Card(name="bob")
HOUSE = Address("public", "house")


class Notes:
    """Writes down what is handed over."""

    breaks = 0

    def __init__(self):
        self.said, self.free = [], asyncio.Event()
        self.free.set()

    def post(self, topic, payload):
        self.said.append((topic.rsplit("/", 2)[1], json.loads(payload)))

    async def publish(self, topic, payload, *, retain=False):
        await self.free.wait()
        self.post(topic, payload)


@pytest.fixture
async def links():
    registry = Registry()
    for card in (ANN, BOB):
        registry.put(card, "public")
    made = Links(Notes(), Topics(), Clock("server"), registry)
    yield made
    made.close()


def body(n=0):
    return encode(Lookup(id=f"x{n}", sender="server"))


def places(links):
    return [(message.get("seq"), message.get("since")) for _, message in links.transport.said if "seq" in message]


def ack(links, upto, again=False, stream=None):
    return Ack(id="a", sender="ann", upto=upto, again=again, stream=stream or links[HOUSE].stream)


async def test_numbers_what_goes_to_a_host_that_streams_and_hands_over_the_rest_in_order(links):
    for n in range(3):
        assert links.send(ANN, body(n))
        assert links.send(BOB, body(n))
    await asyncio.sleep(0)
    assert places(links) == [(1, None), (2, None), (3, None)]
    assert [message["id"] for name, message in links.transport.said if name == "bob"] == ["x0", "x1", "x2"]
    assert {message["stream"] for name, message in links.transport.said if name == "ann"} == {links[HOUSE].stream}


async def test_keeps_what_is_not_acknowledged_and_repeats_it_when_asked(links):
    for n in range(4):
        links.send(ANN, body(n))
    links.transport.said.clear()
    links.acknowledged(ANN, ack(links, 2, again=True))
    assert places(links) == [(3, 3), (4, 3)]
    assert len(links[HOUSE]) == 2
    links.acknowledged(ANN, ack(links, 2, again=True))
    links.acknowledged(ANN, ack(links, 1, again=True))
    assert len(places(links)) == 2  # who takes nothing cannot have it all again at once
    links.acknowledged(ANN, ack(links, 4, stream="server:another-life"))
    assert len(links[HOUSE]) == 2
    links.acknowledged(ANN, ack(links, 99))
    assert len(links[HOUSE]) == 0
    assert links[HOUSE]._bytes == 0


async def test_no_more_than_a_window_is_under_way(links):
    for n in range(WINDOW + 5):
        links.send(ANN, body(n))
    assert len(places(links)) == WINDOW
    links.acknowledged(ANN, ack(links, 3))
    assert len(places(links)) == WINDOW + 3
    assert len(links[HOUSE]) == WINDOW + 2


async def test_what_waits_is_bounded_by_number_and_bytes(links, monkeypatch):
    links[HOUSE].here = False
    monkeypatch.setattr(at, "ROOM", 3)
    assert [links.send(ANN, body()) for _ in range(5)] == [True, True, True, False, False]
    monkeypatch.setattr(at, "ROOM_BYTES", 100)
    links.transport.free.clear()
    assert [links.send(BOB, b"x" * 40) for _ in range(3)] == [True, True, False]


async def test_a_host_that_is_away_gets_it_all_when_it_returns(links):
    for host in (HOUSE, Address("public", "bob")):
        links[host].here = False
    for n in range(3):
        links.send(ANN, body(n))
        links.send(BOB, body(n))
    await asyncio.sleep(0)
    links[HOUSE].tend(1e9)
    assert not links.transport.said
    for host in (HOUSE, Address("public", "bob")):
        links[host].returned(asyncio.get_running_loop().time())
    await asyncio.sleep(0)
    assert places(links) == [(1, 1), (2, 1), (3, 1)]
    assert len(links.transport.said) == 6


async def test_takes_the_next_number_only_and_says_how_far_it_is(links):
    def comes(seq, since=None, stream="house:1"):
        return links.fresh(ANN, Lookup(id=f"x{seq}", sender="ann", seq=seq, since=since, stream=stream))

    assert [comes(1), comes(2), comes(2), comes(4)] == [True, True, False, False]
    name, said = links.transport.said[-1]
    assert (name, said["upto"], said["again"], said["stream"]) == ("house", 2, True, "house:1")
    assert [comes(1, stream="house:2"), comes(9, since=9, stream="house:3"), comes(3)] == [True, True, True]
    assert links.repeated == 2
    links.close()
    assert {(said["stream"], said["upto"]) for _, said in links.transport.said[1:]} == {
        *(("house:1", 3), ("house:2", 1), ("house:3", 9))
    }


async def test_hosts_without_agents_are_forgotten_at_last(links, monkeypatch):
    monkeypatch.setattr(at, "_HOSTS", 5)
    links.send(ANN, body())
    for n in range(50):
        assert links[Address("public", f"stranger{n}")].stream
    assert len(links._links) <= 5 + 2
    assert len(links[HOUSE]) == 1
