"""The team that checks disputed articles: its agents, the server they meet on, and the record of what they say."""

from collections.abc import Iterator
from contextlib import AsyncExitStack

import pyarrow as pa

from townsquare.agents.roles import bystander, desk, fact_reader, judge, retriever
from townsquare.agents.roles.checking_team import CheckingTeam
from townsquare.agents.roles.llm_fact_reader import LLMFactReader
from townsquare.agents.roles.llm_judge import LLMJudge
from townsquare.build.models import Models
from townsquare.protocols.checking import Checking
from townsquare.protocols.ioa.cards import Card, Limits
from townsquare.protocols.ioa.host import Agent, Host
from townsquare.protocols.ioa.rules import Rules
from townsquare.protocols.ioa.server import Server
from townsquare.protocols.memory import Embedder
from townsquare.protocols.moderator import Posts, Verdicts
from townsquare.protocols.registry import make
from townsquare.protocols.streams import Streams
from townsquare.protocols.transports.in_process import InProcess
from townsquare.sim.scenarios.team import Team

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


class LocalTeam:
    """A moderator: behavioural or model-driven agents of the town's own, on a server within the process.

    The server opens with the first article that is disputed. Agents find each other by their cards, as they would on a
    broker; three bystanders are there as well.
    """

    def __init__(self, scenario: Team, streams: Streams, models: Models | None) -> None:
        self.scenario = scenario
        self.embedder: Embedder = make("embedder", "hashing", {}, streams)
        self.models = models
        self._open: AsyncExitStack | None = None
        self._team: CheckingTeam | None = None

    async def review(self, posts: Posts) -> Verdicts:
        """A group per article; its verdict."""
        if self._team is None:
            self._team = await self._opened()
        return await self._team.review(posts)

    def conversations(self, tick: int) -> pa.Table | None:
        """What was said since this was last asked; None where nobody said anything."""
        if self._team is None or not self._team.minutes:
            return None
        minutes, self._team.minutes = self._team.minutes, []
        rows = [
            {"tick": tick, "group": group, "step": step, **row}
            for group, one in enumerate(minutes)
            for step, row in enumerate(one.rows)
        ]
        return pa.Table.from_pylist(rows, schema=_SCHEMA)

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
