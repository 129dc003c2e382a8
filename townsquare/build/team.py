"""Those who check disputed articles: on a server of the town's own, or wherever they joined a broker."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from time import perf_counter
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from townsquare.agents.chat.tape import Call, Place
from townsquare.agents.remote.recorded import Recorded, request_of
from townsquare.agents.roles import bystander, desk, fact_reader, judge, retriever
from townsquare.agents.roles.checking_team import CheckingTeam, shown
from townsquare.agents.roles.llm_fact_reader import LLMFactReader
from townsquare.agents.roles.llm_judge import LLMJudge
from townsquare.build.models import Models
from townsquare.protocols.checking import Checking
from townsquare.protocols.ioa.cards import Card, Limits
from townsquare.protocols.ioa.host import Agent, Host
from townsquare.protocols.ioa.line import Line
from townsquare.protocols.ioa.rules import Rules
from townsquare.protocols.ioa.server import Server
from townsquare.protocols.memory import Embedder
from townsquare.protocols.moderator import ACTION, Posts, Verdicts
from townsquare.protocols.registry import make
from townsquare.protocols.streams import Streams
from townsquare.protocols.transports.in_process import InProcess
from townsquare.sim.scenarios.team import Team

_ACTIONS = {"false": "remove", "true": "show", "undecided": "abstain"}
_BYTES = 16_777_216
"""What a member of the team takes at most: an archive of thousands of articles."""
_SCHEMA = pa.schema(
    [
        ("tick", pa.int32()),
        ("group", pa.int32()),
        ("step", pa.int32()),
        *((name, pa.string()) for name in ("kind", "sender", "receivers", "state", "type", "text", "task", "status")),
        ("communication", pa.int64()),
        ("work", pa.int64()),
    ]
)


class Checkers(Protocol):
    """Whoever looks into one article."""

    def connect(self, line: Line) -> None:
        """The town's connection to agents elsewhere is open."""

    async def look_into(
        self, tick: int, post: Mapping[str, Any], archive: Sequence[Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        """verdict, score, why, and the rows of the group's minutes."""

    async def close(self) -> None:
        """Everybody leaves."""


class TeamModerator:
    """A moderator: for each article a group of agents, one after the other."""

    def __init__(self, checkers: Checkers) -> None:
        self.checkers = checkers
        self._minutes: list[Sequence[Mapping[str, Any]]] = []

    async def review(self, posts: Posts) -> Verdicts:
        """What a group cannot decide is abstained from."""
        items, archive = shown(posts)
        found = [await self.checkers.look_into(posts.tick, post, archive) for post in items]
        self._minutes += [one["rows"] for one in found]
        return Verdicts(
            np.array([ACTION[_ACTIONS[one["verdict"]]] for one in found], np.int8),
            np.array([one["score"] for one in found], np.float64),
            [one["why"] for one in found],
        )

    def conversations(self, tick: int) -> pa.Table | None:
        """What was said since this was last asked; None where nobody said anything."""
        minutes, self._minutes = self._minutes, []
        if not minutes:
            return None
        rows = [
            {"tick": tick, "group": group, "step": step, **row}
            for group, one in enumerate(minutes)
            for step, row in enumerate(one)
        ]
        return pa.Table.from_pylist(rows, schema=_SCHEMA)

    async def close(self) -> None:
        """Everybody leaves."""
        await self.checkers.close()


class LocalCheckers:
    """Behavioural or model-driven agents of the town's own, on a server within the process.

    The server opens with the first article that is disputed. Agents find each other by their cards, as they would on a
    broker; three bystanders are there as well.
    """

    def __init__(self, scenario: Team, streams: Streams, models: Models | None) -> None:
        self.scenario, self.models = scenario, models
        self.embedder: Embedder = make("embedder", "hashing", {"dimensions": 2_048}, streams)
        self._open: AsyncExitStack | None = None
        self._team: CheckingTeam | None = None

    def connect(self, line: Line) -> None:
        """Nobody of the team is elsewhere."""

    async def look_into(
        self, tick: int, post: Mapping[str, Any], archive: Sequence[Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        """By a group that is opened for it."""
        if self._team is None:
            self._team = await self._opened()
        return _told(await self._team.look_into(tick, post, archive))

    async def close(self) -> None:
        """Everybody leaves."""
        stack, self._open, self._team = self._open, None, None
        if stack is not None:
            await stack.aclose()

    async def _opened(self) -> CheckingTeam:
        broker, seconds = InProcess(), self.scenario.team.seconds
        leader = desk.Desk()
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(
                Server(broker, rules=Rules(turn_seconds=seconds, task_seconds=seconds), embedder=self.embedder)
            )
            host = await stack.enter_async_context(Host(broker, "town"))
            for card, agent in self._members(self.scenario.team):
                await host.join(card.model_copy(update={"limits": Limits(bytes=_BYTES, parallel=16)}), agent)
            voice = await host.join(desk.CARD, leader)
            self._open = stack.pop_all()
        return CheckingTeam(leader, voice, lambda tick: self.scenario.at(tick).team)

    def _members(self, team: Checking) -> Iterator[tuple[Card, Agent]]:
        yield retriever.CARD, retriever.Retriever(self.embedder)
        ask = self.models.ask("team") if self.models is not None and team.mind == "llm" else None
        for n in range(1, team.readers + 1):
            card = fact_reader.CARD.model_copy(update={"name": f"{fact_reader.CARD.name}-{n}"})
            yield card, fact_reader.FactReader() if ask is None else LLMFactReader(ask)
        yield judge.CARD, judge.Judge() if ask is None else LLMJudge(ask)
        for card in bystander.CARDS:
            yield card, bystander.Bystander()


class RemoteCheckers:
    """Whoever has joined the broker and can do the work; the desk alone is the town's own. All verdicts are on record,
    so that the past needs no broker.
    """

    def __init__(self, scenario: Team, recorded: Recorded) -> None:
        self.scenario, self.recorded = scenario, recorded
        self._line: Line | None = None
        self._team: CheckingTeam | None = None

    def connect(self, line: Line) -> None:
        """Let the desk join on the town's own line."""
        leader = desk.Desk()
        card = desk.CARD.model_copy(
            update={"name": f"desk-{line.card.name.removeprefix('town-')}", "limits": Limits(bytes=_BYTES)}
        )
        self._line = line
        self._team = CheckingTeam(leader, line.join(card, leader), lambda tick: self.scenario.at(tick).team)

    async def look_into(
        self, tick: int, post: Mapping[str, Any], archive: Sequence[Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        """As it was then, where it is on record; else by a group that is opened for it."""
        place = Place(tick, "check", -1, int(post["id"]))
        settings = self.scenario.at(tick).team.model_dump(mode="json")
        request = request_of(place, "team", json.dumps([post, archive, settings], ensure_ascii=False))
        record = self.recorded.find(place, request)
        if record is None:
            assert self._line is not None, "open the connection before the first tick"
            assert self._team is not None
            began = perf_counter()
            case = await self._line.run(self._team.look_into(tick, post, archive))
            told = json.dumps(_told(case), ensure_ascii=False)
            record = self.recorded.keep(place, request, told, by=" ".join(case.members), seconds=perf_counter() - began)
        assert isinstance(record, Call), "what nobody decided is on record as undecided"
        self.recorded.note(place, request, record, "answered", "")
        found: Mapping[str, Any] = json.loads(record.reply.text)
        return found

    async def close(self) -> None:
        """The line closes with the town's."""


def _told(case: desk.Case) -> Mapping[str, Any]:
    return {"verdict": case.verdict, "score": case.score, "why": case.why, "rows": case.minutes.rows}
