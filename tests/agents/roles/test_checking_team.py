"""A team on the bus whose group comes to no end of its own: the case is undecided, and says why."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from townsquare.agents.roles import desk, fact_reader, judge, retriever
from townsquare.agents.roles.checking_team import CheckingTeam
from townsquare.agents.roles.desk import Desk
from townsquare.memory.embedders.hashing import Hashing
from townsquare.protocols import Streams
from townsquare.protocols.checking import Checking
from townsquare.protocols.ioa.host import Host, Member
from townsquare.protocols.ioa.server import Server
from townsquare.protocols.ioa.unfinished import KILLED
from townsquare.protocols.transports.in_process import InProcess

POST = {"id": 1, "text": "4,390 people came to the category 1 event of week 1"}


class Deaf:
    """Begins, and never ends."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()

    async def run(self, task: Any) -> None:
        self.begun.set()
        await asyncio.sleep(3_600)


class Place:
    """A server, a team one of whose members never answers, and the desk."""

    def __init__(self, server: Server, host: Host, member: Member, leader: Desk, deaf: Deaf) -> None:
        self.server, self.host, self.member, self.deaf = server, host, member, deaf
        self.team = CheckingTeam(leader, member, lambda tick: Checking(seconds=60))


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    broker, leader, deaf = InProcess(), Desk(), Deaf()
    embedder = Hashing(Hashing.Config(dimensions=2_048), Streams(0))
    async with Server(broker, embedder=embedder) as server, Host(broker, "team") as team, Host(broker, "desk") as host:
        for card in (retriever.CARD, fact_reader.CARD, judge.CARD):
            await team.join(card, deaf)
        yield Place(server, host, await host.join(desk.CARD, leader), leader, deaf)


@pytest.mark.parametrize("how", ["killed", "stopped", "refused"])
async def test_no_end_of_its_own_is_undecided(place: Place, how: str) -> None:
    if how == "refused":
        place.server._groups._opened[desk.CARD.name] = 1_000
    looking = asyncio.create_task(place.team.look_into(3, POST, [POST]))
    if how != "refused":
        await asyncio.wait_for(place.deaf.begun.wait(), 20)
    if how == "killed":
        place.host._up.replaced()  # what a host does when it hears of another server
    elif how == "stopped":
        place.server._groups.close("the server stops")
    case = await asyncio.wait_for(looking, 20)
    assert (case.verdict, case.score) == ("undecided", 0.5)
    said = {"killed": KILLED, "stopped": "the server stops", "refused": "no group was opened: desk has"}[how]
    assert said in case.why
    assert case.minutes.rows[-1]["status"] == ("lost" if how == "refused" else "cancelled")
